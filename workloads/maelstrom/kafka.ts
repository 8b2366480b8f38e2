/**
 * Maelstrom's kafka: messages are sent to logs, polled in the order of their offsets, and offsets are committed. Consumers
 * choose their logs (`assign`), each from its beginning; what they poll is committed at once. In the end every thread polls
 * everything.
 */
import {log as logChecker} from '../../checkers/library.ts'
import type {Invocation} from '../../core/generator.ts'
import {unfold} from '../../core/generators.ts'
import type {Random} from '../../core/random.ts'
import type {Workload} from '../../core/workload.ts'
import {finalRounds, isEmptyAnswer} from '../final-rounds.ts'

/** Messages sent to one log before a new one takes its place. */
const SHARE = 256
/** Logs that a consumer takes at once, at most. */
const ASSIGNED = 4

/** Nodes that never answer make each request of a final round last as long as requests may; Maelstrom ends it after 10 s. */
const PATIENCE_MS = 10_000

interface State {
  readonly logs: readonly {readonly name: string; readonly sent: number}[]
  readonly named: number
  readonly message: number
}

function draw({logs, named, message}: State, random: Random): readonly [Invocation, State] {
  const dice = random.next()
  if (dice < 1 / 16) {
    const names = random.shuffle(logs).slice(0, random.between(1, ASSIGNED))
    return [
      {f: 'assign', value: names.map(({name}) => name)},
      {logs, named, message},
    ]
  }
  if (dice < 0.5) return [{f: 'poll'}, {logs, named, message}]
  const slot = random.int(logs.length)
  const {name, sent} = logs[slot] as State['logs'][number]
  const retired = sent + 1 >= SHARE
  return [
    {f: 'send', key: name, value: message},
    {
      logs: logs.with(slot, retired ? {name: String(named), sent: 0} : {name, sent: sent + 1}),
      named: retired ? named + 1 : named,
      message: message + 1,
    },
  ]
}

export const kafka: Workload = {
  name: 'kafka',
  description: 'sends messages to logs, polls them, commits offsets (Maelstrom)',
  requires: ['send', 'poll', 'assign'],
  claims: ['exactly-once', 'at-least-once'],
  generator: ({keys}) =>
    unfold<State>(
      {logs: Array.from({length: keys}, (_, i) => ({name: String(i), sent: 0})), named: keys, message: 1},
      (state, {random}) => draw(state, random),
    ),
  finalGenerator: ({concurrency}, keys) =>
    finalRounds({
      threads: concurrency,
      first: () => ({f: 'assign', value: keys, final: true}),
      round: () => [{f: 'poll', final: true}],
      isEmpty: isEmptyAnswer,
      quietRounds: 2,
      patienceMs: PATIENCE_MS,
    }),
  checkers: ({claim}) => [logChecker({allowed: claim === 'at-least-once' ? ['duplicate-record'] : []})],
}
