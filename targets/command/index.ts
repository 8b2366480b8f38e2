/** Makes a target of a command line and a client, as a `chaos.config.ts` gives them. */
import {LOCAL_PROCESSES, PROXIED_NETWORK} from '../../core/capabilities.ts'
import type {CommandTarget} from '../../core/config.ts'
import type {Target} from '../../core/target.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {commandProgram} from './program.ts'
import {assertCommandTarget} from './shape.ts'

/** Functions that a client may speak: it is asked for an operation only if a workload needs it. */
const ANY_FUNCTION = ['read', 'write', 'cas', 'add', 'remove']

/** Throws UsageError for one that is not what it has to be. */
export function commandTarget(name: string, target: CommandTarget): Target {
  assertCommandTarget(name, target)
  return {
    name,
    description: target.description ?? target.command,
    claims: target.claims,
    functions: target.functions ?? ANY_FUNCTION,
    bugs: [],
    resident: true,
    ...(target.truthfulRefusals === true ? {truthfulRefusals: true} : {}),
    defaultNodes: target.nodes ?? 3,
    capabilities: () => ({
      ...LOCAL_PROCESSES,
      ...PROXIED_NETWORK,
      leader: 'nothing is known of who leads in a program that is given as a command',
      'clock.skew': 'a program that is given as a command has the clock of this machine',
    }),
    start: (context) => ProgramCluster.start(commandProgram(name, target), context),
  }
}
