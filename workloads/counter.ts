/** Counters: amounts are added and taken away, and the sum is read. Each acknowledged amount must count exactly once. */

import {counter as counterChecker} from '../checkers/counters/counter.ts'
import {CounterWatch} from '../checkers/counters/counter-watch.ts'
import {convergence} from '../checkers/replicas/convergence.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one counter before a new one takes its place. */
const SHARE = 2000
/** Amounts go from minus this to plus this, zero left out: large enough that two errors hardly ever cancel out. */
const LARGEST = 1000

function draw(objects: Objects, random: Random): readonly [Invocation, Objects] {
  const {name: key, objects: next} = useOne(objects, SHARE, random)
  if (random.chance(0.3)) return [{f: 'read', key}, next]
  const amount = random.between(1, LARGEST)
  return [{f: 'add', key, value: random.chance(0.3) ? -amount : amount}, next]
}

export const counter: Workload = {
  name: 'counter',
  description: 'adds and subtracts amounts, reads the sum',
  requires: ['add', 'read'],
  claims: ['linearizable', 'eventual', 'strong-eventual', 'convergent'],
  generator: (options) => unfold(firstObjects(options.keys), (objects, context) => draw(objects, context.random)),
  finalGenerator: (options, keys) => finalReads(keys, options.nodes.length),
  checkers: ({claim, nodes}) =>
    claim === 'linearizable'
      ? [counterChecker({claim: 'linearizable'})]
      : [counterChecker({claim: 'eventual', lossy: claim === 'convergent'}), convergence({nodes})],
  watch: ({claim}) =>
    claim === 'convergent' ? undefined : new CounterWatch({claim: claim === 'linearizable' ? claim : 'eventual'}),
}
