/**
 * Maelstrom's broadcast and g-set: one set that only grows, of 0, 1, 2, …; in the end every thread reads it. (The workloads
 * `broadcast` and `set` do the same to many sets at a time, which Maelstrom's nodes do not know.)
 */
import {convergence} from '../../checkers/replicas/convergence.ts'
import {setFull} from '../../checkers/sets/set-full.ts'
import type {Workload} from '../../core/workload.ts'
import {ofBroadcasts} from '../broadcast.ts'
import {halfReads, lastReads} from './single.ts'

export const maelstromBroadcast: Workload = {
  name: 'maelstrom-broadcast',
  description: 'gives messages to nodes, all of which must come to know them (Maelstrom)',
  requires: ['broadcast', 'read'],
  claims: ['eventual', 'strong-eventual'],
  generator: () => halfReads((value) => ({f: 'broadcast', value})),
  finalGenerator: lastReads,
  checkers: ({nodes}) => [setFull({claim: 'eventual'}), convergence({unordered: true, nodes})].map(ofBroadcasts),
}

export const gSet: Workload = {
  name: 'g-set',
  description: 'adds to one set that only grows, and reads it (Maelstrom)',
  requires: ['add', 'read'],
  claims: ['eventual', 'strong-eventual'],
  generator: () => halfReads((value) => ({f: 'add', value})),
  finalGenerator: lastReads,
  checkers: ({nodes}) => [setFull({claim: 'eventual'}), convergence({unordered: true, nodes})],
}
