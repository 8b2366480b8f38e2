/**
 * Publish/subscribe: unique messages are published to topics, and every subscriber must be given each of them.
 *
 * - `publish` a message to a topic (the key).
 * - `subscribe` to a topic: acknowledged once messages that are published from now on are kept for this process.
 * - `receive`: what came since the last time, `{topic: [message, …]}`.
 */
import {pubsub as pubsubChecker} from '../checkers/library.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Claim, Workload} from '../core/workload.ts'
import {finalRounds, isEmptyAnswer} from './final-rounds.ts'

function draw(message: number, topics: readonly string[], random: Random): readonly [Invocation, number] {
  const dice = random.next()
  const key = random.pick(topics)
  if (dice < 0.08) return [{f: 'subscribe', key}, message]
  if (dice < 0.5) return [{f: 'receive'}, message]
  return [{f: 'publish', key, value: message}, message + 1]
}

/** What each promise puts up with. */
const ALLOWED: Partial<Record<Claim, readonly string[]>> = {
  'at-least-once': ['duplicate-message'],
  'at-most-once': ['lost-message'],
}

export const pubsub: Workload = {
  name: 'pubsub',
  description: 'publishes unique messages to topics, which every subscriber must be given in order',
  requires: ['publish', 'subscribe', 'receive'],
  claims: ['exactly-once', 'at-least-once', 'at-most-once'],
  generator: ({keys}) => {
    const topics = Array.from({length: keys}, (_, i) => `x${i}`)
    return unfold(1, (message, {random}) => draw(message, topics, random))
  },
  finalGenerator: ({concurrency}) =>
    finalRounds({threads: concurrency, round: () => [{f: 'receive', final: true}], isEmpty: isEmptyAnswer}),
  checkers: ({claim}) => [pubsubChecker({allowed: ALLOWED[claim] ?? []})],
}
