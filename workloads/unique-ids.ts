/** Ids: `generate` asks for one that nobody has been given before. */
import {uniqueIdsWatch} from '../checkers/invariants/unique-ids-watch.ts'
import {uniqueIds as uniqueIdsChecker} from '../checkers/library.ts'
import {eachThread, onThreads, repeat, untilOk} from '../core/generators.ts'
import type {Workload} from '../core/workload.ts'
import {FINAL_ATTEMPTS} from './objects.ts'

export const uniqueIds: Workload = {
  name: 'unique-ids',
  description: 'asks all nodes for ids, no two of which may be the same',
  requires: ['generate'],
  claims: ['linearizable', 'eventual'],
  generator: () => repeat({f: 'generate'}),
  /** Does every node still hand out ids? */
  finalGenerator: ({nodes}) =>
    onThreads(
      (thread) => typeof thread === 'number' && thread < nodes.length,
      eachThread(untilOk(repeat({f: 'generate', final: true}, FINAL_ATTEMPTS))),
    ),
  checkers: () => [uniqueIdsChecker()],
  watch: () => uniqueIdsWatch(),
}
