/** Ids: `generate` asks for one that nobody has been given before. */
import {uniqueIds as uniqueIdsChecker} from '../checkers/library.ts'
import {repeat} from '../core/generators.ts'
import type {Workload} from '../core/workload.ts'

export const uniqueIds: Workload = {
  name: 'unique-ids',
  description: 'asks all nodes for ids, no two of which may be the same',
  requires: ['generate'],
  claims: ['linearizable', 'eventual'],
  generator: () => repeat({f: 'generate'}),
  checkers: () => [uniqueIdsChecker()],
}
