/**
 * Sets: elements are added once, some are removed once (where the target can), and sets are read whole. An element that was
 * acknowledged must be found in the end, and one whose removal was acknowledged must not: a target that speaks `remove`
 * fails it for an element that it does not know.
 */
import {convergence} from '../checkers/replicas/convergence.ts'
import {setFull} from '../checkers/sets/set-full.ts'
import {SetWatch} from '../checkers/sets/set-watch.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one set before a new one takes its place. */
const SHARE = 400
/** Elements of a set that may still be removed: the latest ones, so that their adds are likely to be acknowledged. */
const REMOVABLE = 8

interface State {
  readonly objects: Objects
  readonly element: number
  /** Elements added lately and not removed, for each set in use, by its place. */
  readonly present: readonly (readonly number[])[]
}

function draw(state: State, random: Random, removes: boolean): readonly [Invocation, State] {
  const {name: key, slot, objects, retired} = useOne(state.objects, SHARE, random)
  const dice = random.next()
  const present = state.present[slot] ?? []
  const {element} = state
  /** A set that retires takes its elements with it. */
  const kept = (elements: readonly number[]) =>
    elements === present && !retired ? state.present : state.present.with(slot, retired ? [] : elements)
  if (dice < 0.1)
    return [
      {f: 'read', key},
      {objects, element, present: kept(present)},
    ]
  if (dice < 0.3 && removes && present.length > 0) {
    const value = random.pick(present)
    const left = present.filter((other) => other !== value)
    return [
      {f: 'remove', key, value},
      {objects, element, present: kept(left)},
    ]
  }
  const more = [...present, element].slice(-REMOVABLE)
  return [
    {f: 'add', key, value: element},
    {objects, element: element + 1, present: kept(more)},
  ]
}

export const set: Workload = {
  name: 'set',
  description: 'adds unique elements to sets, removes some, reads whole sets',
  requires: ['add', 'read'],
  optional: ['remove'],
  claims: ['linearizable', 'eventual', 'strong-eventual', 'convergent'],
  generator: (options) => {
    const removes = options.functions.includes('remove')
    const start: State = {objects: firstObjects(options.keys), element: 1, present: new Array(options.keys).fill([])}
    return unfold(start, (state, context) => draw(state, context.random, removes))
  },
  finalGenerator: (options, keys) => finalReads(keys, options.nodes.length),
  checkers: ({claim, nodes}) =>
    claim === 'linearizable'
      ? [setFull({claim: 'linearizable'})]
      : [
          setFull({claim: 'eventual', removesSee: 'everything', lossy: claim === 'convergent'}),
          convergence({unordered: true, nodes}),
        ],
  watch: ({claim}) =>
    claim === 'convergent' ? undefined : new SetWatch({claim: claim === 'linearizable' ? claim : 'eventual'}),
}
