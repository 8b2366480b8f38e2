/** Ids: `generate` asks for one that nobody has been given before. */
import {uniqueIdsWatch} from '../checkers/invariants/unique-ids-watch.ts'
import {uniqueIds as uniqueIdsChecker} from '../checkers/library.ts'
import {repeat} from '../core/generators.ts'
import type {Workload} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'

export const uniqueIds: Workload = {
  name: 'unique-ids',
  description: 'asks all nodes for ids, no two of which may be the same',
  requires: ['generate'],
  claims: ['linearizable', 'eventual'],
  generator: () => repeat({f: 'generate'}),
  /** Does every node still hand out ids? */
  finalGenerator: ({nodes}) => onEveryNode(nodes.length, {f: 'generate', final: true}),
  checkers: () => [uniqueIdsChecker()],
  watch: () => uniqueIdsWatch(),
}
