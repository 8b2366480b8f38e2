/**
 * A partitioned log, as Kafka's: records are sent to keys (partitions) and polled in the order of their offsets, by consumers
 * that choose their partitions or share them within a group.
 *
 * - `send` a value to a key; the answer is its offset, or null where the sender is not told.
 * - `assign` a list of keys: from now on this process polls those, each from its beginning.
 * - `subscribe` to a list of keys (optional): it polls what the group gives it, from what the group has committed.
 * - `poll`: the next records of what the process has, `{key: [[offset, value], …]}`; empty where there are none now.
 * - `commit` (optional): what was polled has been dealt with; the answer is the next offset of each key, `{key: offset}`.
 *
 * After Jepsen's Kafka workload (Kingsbury, "Redpanda 21.10.1", 2022).
 */
import {log as logChecker} from '../checkers/library.ts'
import {logWatch} from '../checkers/log/log-watch.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Claim, Workload} from '../core/workload.ts'
import {finalRounds, isEmptyAnswer} from './final-rounds.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Records sent to one key before a new one takes its place: consumers begin at the beginning again and again. */
const SHARE = 1000
/** Keys that a consumer takes at once, at most. */
const ASSIGNED = 3
/** Threads that read everything in the end. One is enough; more of them see whether all clients are told the same. */
const FINAL_READERS = 3

interface State {
  readonly objects: Objects
  readonly value: number
}

function draw(state: State, random: Random, functions: readonly string[]): readonly [Invocation, State] {
  const dice = random.next()
  if (dice < 0.06) {
    const keys = random.shuffle(state.objects.names).slice(0, random.between(1, ASSIGNED))
    const group = functions.includes('subscribe') && random.chance(0.5)
    return [{f: group ? 'subscribe' : 'assign', value: keys}, state]
  }
  if (dice < 0.12 && functions.includes('commit')) return [{f: 'commit'}, state]
  if (dice < 0.5) return [{f: 'poll'}, state]
  const {name: key, objects} = useOne(state.objects, SHARE, random)
  return [
    {f: 'send', key, value: state.value},
    {objects, value: state.value + 1},
  ]
}

/** What the weaker promises put up with. */
const ALLOWED: Partial<Record<Claim, readonly string[]>> = {'at-least-once': ['duplicate-record']}

export const log: Workload = {
  name: 'log',
  description: 'a partitioned log: sends unique records, polls them alone or in a group, commits',
  requires: ['send', 'poll', 'assign'],
  optional: ['subscribe', 'commit'],
  claims: ['exactly-once', 'at-least-once'],
  generator: ({keys, functions}) =>
    unfold<State>({objects: firstObjects(keys), value: 1}, (state, context) => draw(state, context.random, functions)),
  finalGenerator: ({nodes}, keys) =>
    finalRounds({
      threads: Math.min(nodes.length, FINAL_READERS),
      first: () => ({f: 'assign', value: keys, final: true}),
      round: () => [{f: 'poll', final: true}],
      isEmpty: isEmptyAnswer,
    }),
  checkers: ({claim}) => [logChecker({allowed: ALLOWED[claim] ?? []})],
  watch: ({claim}) => logWatch({allowed: ALLOWED[claim] ?? []}),
}
