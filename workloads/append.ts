/**
 * Transactions that append unique elements to lists and read whole lists, several at a time. A read shows the order of all
 * that was appended before, so isolation anomalies are proved, not guessed (Kingsbury & Alvaro, "Elle", VLDB 2020).
 */
import {listAppend} from '../checkers/elle/index.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Micro-operations on one list before a new one takes its place: lists are read whole. */
const SHARE = 120
/** Most micro-operations in a transaction. */
const LONGEST = 4

interface State {
  readonly objects: Objects
  readonly element: number
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  let {objects, element} = state
  const value: (readonly [string, string, number | null])[] = []
  const length = random.between(1, LONGEST)
  for (let i = 0; i < length; i++) {
    const used = useOne(objects, SHARE, random)
    objects = used.objects
    if (random.chance(0.5)) value.push(['r', used.name, null])
    else value.push(['append', used.name, element++])
  }
  return [
    {f: 'txn', value},
    {objects, element},
  ]
}

export const append: Workload = {
  name: 'append',
  description: 'transactions that append unique elements to lists and read whole lists',
  requires: ['txn'],
  claims: ['strict-serializable', 'serializable', 'snapshot-isolation', 'read-committed'],
  generator: (options) =>
    unfold<State>({objects: firstObjects(options.keys), element: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: ({keys, nodes}) => {
    const reads = Array.from({length: keys}, (_, i) => ['r', `x${i}`, null])
    return onEveryNode(nodes.length, {f: 'txn', value: reads, final: true})
  },
  checkers: ({claim}) => [listAppend({models: [claim]})],
}
