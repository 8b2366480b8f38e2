/** Makes a target of a command line and a client, as a `chaos.config.ts` gives them. */
import type {CommandTarget} from '../../core/config.ts'
import type {Target} from '../../core/target.ts'
import {CommandCluster} from './cluster.ts'

/** Functions that a client may speak: it is asked for an operation only if a workload needs it. */
const ANY_FUNCTION = ['read', 'write', 'cas', 'add', 'remove']

export function commandTarget(name: string, target: CommandTarget): Target {
  return {
    name,
    description: target.description ?? target.command,
    claims: target.claims,
    functions: target.functions ?? ANY_FUNCTION,
    bugs: [],
    ...(target.truthfulRefusals === true ? {truthfulRefusals: true} : {}),
    defaultNodes: target.nodes ?? 3,
    start: (context) => CommandCluster.start(target, context),
  }
}
