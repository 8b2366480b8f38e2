/**
 * Queues: unique values are put in and taken out; in the end everything that is left is taken out.
 *
 * A client of a queue with acknowledgements answers with what it was given, even where its acknowledgement came to nothing:
 * it *was* delivered. And where it was given nothing before its patience ended, its dequeue has failed: the broker must
 * deliver that value again. An *info* dequeue may have taken anything, and excuses as many losses.
 */
import {queue as queueChecker, totalQueue} from '../checkers/library.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Key} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalRounds} from './final-rounds.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one queue before a new one takes its place. */
const SHARE = 1000

interface State {
  readonly objects: Objects
  readonly value: number
}

function draw({objects: before, value}: State, random: Random): readonly [Invocation, State] {
  const {name: key, objects} = useOne(before, SHARE, random)
  // A little more goes in than comes out, so that queues are seldom empty.
  if (random.chance(0.48))
    return [
      {f: 'dequeue', key},
      {objects, value},
    ]
  return [
    {f: 'enqueue', key, value},
    {objects, value: value + 1},
  ]
}

/** Every queue is emptied by one thread: `thread`, of this many. */
function shareOf(keys: readonly Key[], thread: number, threads: number): readonly Invocation[] {
  return keys.filter((_, i) => i % threads === thread).map((key) => ({f: 'dequeue', key, final: true}))
}

export const queue: Workload = {
  name: 'queue',
  description: 'puts unique values into queues and takes them out, in the end all of them',
  requires: ['enqueue', 'dequeue'],
  claims: ['linearizable', 'exactly-once', 'at-least-once'],
  generator: ({keys}) =>
    unfold<State>({objects: firstObjects(keys), value: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: ({concurrency}, keys) => {
    const threads = Math.max(1, Math.min(concurrency, keys.length))
    return finalRounds({
      threads,
      round: (thread) => shareOf(keys, thread, threads),
      isEmpty: (value) => value === null || value === undefined,
    })
  },
  checkers: ({claim}) => [
    totalQueue({exactlyOnce: claim !== 'at-least-once'}),
    ...(claim === 'linearizable' ? [queueChecker({fifo: true})] : []),
  ],
}
