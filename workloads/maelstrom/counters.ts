/** Maelstrom's counters: one that only grows, one that goes both ways. Small amounts; every thread reads the sum in the end. */
import {counter} from '../../checkers/counters/counter.ts'
import {convergence} from '../../checkers/replicas/convergence.ts'
import type {Workload} from '../../core/workload.ts'
import {halfReads, lastReads} from './single.ts'

function counterWorkload(name: string, description: string, least: number): Workload {
  return {
    name,
    description,
    requires: ['add', 'read'],
    claims: ['eventual', 'strong-eventual'],
    generator: () => halfReads((_, random) => ({f: 'add', value: random.between(least, 4)})),
    finalGenerator: lastReads,
    checkers: ({nodes}) => [counter({claim: 'eventual'}), convergence({nodes})],
  }
}

export const gCounter = counterWorkload('g-counter', 'adds to one counter that only grows, and reads it (Maelstrom)', 0)
export const pnCounter = counterWorkload(
  'pn-counter',
  'adds to and takes from one counter, and reads it (Maelstrom)',
  -5,
)
