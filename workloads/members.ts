/**
 * Membership: `members` asks a node whom it takes for alive, itself included. Who is dead must be noticed, and who lives must
 * not be taken for dead, within the limits of the checker.
 */
import {members as membersChecker} from '../checkers/library.ts'
import {repeat} from '../core/generators.ts'
import type {Workload} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'

export const members: Workload = {
  name: 'members',
  description: 'asks nodes whom they take for alive, while nodes die and are cut off',
  requires: ['members'],
  claims: ['eventual'],
  generator: () => repeat({f: 'members'}),
  finalGenerator: ({nodes}) => onEveryNode(nodes.length, {f: 'members', final: true}),
  checkers: ({nodes}) => [membersChecker({nodes})],
}
