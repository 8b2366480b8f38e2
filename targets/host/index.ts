/** Makes a runnable target of a bundled one's protocol and description. */
import {builtModule} from '../../core/package.ts'
import type {Protocol, Target} from '../../core/target.ts'
import {HostedCluster} from './cluster.ts'

/** What `targets/<name>/index.ts` exports: a target without a way to start. */
export type BundledTarget = Omit<Target, 'start'> & {readonly protocol: Protocol}

/** The target with its nodes hosted as subprocesses. `module` is its built file, relative to `dist/`. */
export function hosted(target: BundledTarget, module: string): Target {
  const url = builtModule(module).href
  return {
    ...target,
    start: (context) =>
      HostedCluster.start({protocol: target.protocol, module: url, functions: target.functions}, context),
  }
}
