/**
 * Texts under keys: put, append and get. An append is unlike a write in that it builds on all before it, so one that is
 * lost, repeated or out of order stays visible. The workload of MIT's distributed systems course.
 */
import {type LinearizableOptions, linearizable, linearizableStream} from '../checkers/linearizable/index.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one key before a new one takes its place: texts must stay short enough to be read whole. */
const SHARE = 300

interface State {
  readonly objects: Objects
  readonly value: number
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  const {name: key, objects} = useOne(state.objects, SHARE, random)
  const dice = random.next()
  if (dice < 0.4)
    return [
      {f: 'get', key},
      {...state, objects},
    ]
  const text = `${state.value};`
  return [
    {f: dice < 0.9 ? 'append' : 'put', key, value: text},
    {objects, value: state.value + 1},
  ]
}

const JUDGED_AS: LinearizableOptions = {model: 'kv'}

export const kv: Workload = {
  name: 'kv',
  description: 'puts, appends to and gets texts under independent keys',
  requires: ['get', 'put', 'append'],
  claims: ['linearizable'],
  generator: (options) =>
    unfold<State>({objects: firstObjects(options.keys), value: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: (options, keys) => finalReads(keys, options.nodes.length, 'get'),
  checkers: () => [linearizable(JUDGED_AS)],
  watch: () => linearizableStream(JUDGED_AS),
}
