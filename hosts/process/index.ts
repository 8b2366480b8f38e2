/** Makes a runnable target of a bundled one's protocol and description. */
import {type Capabilities, LOCAL_PROCESSES, PROXIED_NETWORK} from '../../core/capabilities.ts'
import {reconfigurable} from '../../core/membership.ts'
import type {Protocol, Target} from '../../core/target.ts'
import {HostedCluster} from './cluster.ts'

/** What `targets/<name>/index.ts` exports: a target without a way to start. */
export type BundledTarget = Omit<Target, 'start' | 'capabilities'> & {readonly protocol: Protocol}

/** The target with its nodes hosted as subprocesses. `module` is its built file, relative to `dist/`. */
export function hosted(target: BundledTarget, module: string): Target {
  return {
    ...target,
    capabilities: (options) => ({
      ...HOSTED,
      leader: target.protocol.leads ? true : 'its nodes are equals',
      membership: reconfigurable(target.protocol, options),
    }),
    // By `this`: a copy of the target may bring client sessions of its own.
    start(context) {
      const {protocol = target.protocol, functions} = this
      return HostedCluster.start({protocol, module, functions}, context)
    },
  }
}

/** What can be done to any protocol in subprocesses behind proxies. */
const HOSTED: Capabilities = {
  ...LOCAL_PROCESSES,
  ...PROXIED_NETWORK,
  'clock.skew': true,
  'disk.full': true,
  'disk.slow': true,
  'disk.power-cut': true,
  'disk.torn-write': true,
  'disk.bit-flip': true,
}
