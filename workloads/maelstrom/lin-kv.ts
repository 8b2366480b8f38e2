/**
 * Maelstrom's lin-kv: registers under whole numbers, read, written, compared and set. Values are unique, so the record says
 * which write each read saw; Maelstrom's own are 0 to 4.
 */
import {type LinearizableOptions, linearizable, linearizableStream} from '../../checkers/linearizable/index.ts'
import type {Invocation} from '../../core/generator.ts'
import {unfold} from '../../core/generators.ts'
import type {Random} from '../../core/random.ts'
import type {Workload, WorkloadOptions} from '../../core/workload.ts'
import {finalReads} from '../final-reads.ts'

/** Operations on one key before a new one takes its place. */
const SHARE = 400

interface State {
  /** Keys in use, with how often each was used and the value last written to it, in the order of the plan. */
  readonly keys: readonly {readonly key: number; readonly used: number; readonly last: number | undefined}[]
  readonly nextKey: number
  readonly value: number
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  const {keys, nextKey, value} = state
  const slot = random.int(keys.length)
  const {key, used, last} = keys[slot] as State['keys'][number]
  const dice = random.next()
  const kept = (written: number | undefined): State => {
    const retired = used + 1 >= SHARE
    const entry = retired ? {key: nextKey, used: 0, last: undefined} : {key, used: used + 1, last: written}
    return {
      keys: keys.with(slot, entry),
      nextKey: retired ? nextKey + 1 : nextKey,
      value: written === last ? value : value + 1,
    }
  }
  if (dice < 0.5) return [{f: 'read', key}, kept(last)]
  if (dice < 0.75 || last === undefined) return [{f: 'write', key, value}, kept(value)]
  return [{f: 'cas', key, value: [last, value]}, kept(value)]
}

function judgedAs({truthfulRefusals = false}: WorkloadOptions): LinearizableOptions {
  return {model: 'cas-register', trustFailures: truthfulRefusals}
}

export const linKv: Workload = {
  name: 'lin-kv',
  description: 'reads, writes and compare-and-set of registers under whole numbers (Maelstrom)',
  requires: ['read', 'write', 'cas'],
  claims: ['linearizable'],
  generator: ({keys}) =>
    unfold<State>(
      {
        keys: Array.from({length: keys}, (_, key) => ({key, used: 0, last: undefined})),
        nextKey: keys,
        value: 0,
      },
      (state, {random}) => draw(state, random),
    ),
  // Maelstrom has none; a store that has lost everything would not be noticed.
  finalGenerator: ({nodes}, keys) => finalReads(keys, nodes.length),
  checkers: (options) => [linearizable(judgedAs(options))],
  watch: (options) => linearizableStream(judgedAs(options)),
}
