/**
 * Transactions over registers: `txn` is a list of `["r", key, null]` and `["w", key, value]`, answered in place, with what
 * each read found. Values are unique for each key. Keys retire after so many writes and new ones take their place, so that
 * at any time a few keys are fought over.
 */
import {rwRegister} from '../checkers/library.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'

/** Writes of one key before a new one takes its place. */
const WRITES = 64
/** Most micro-operations in a transaction. */
const LONGEST = 4

interface State {
  readonly keys: readonly number[]
  /** The next key never used. */
  readonly next: number
  /** Writes so far of each key in use. */
  readonly written: readonly number[]
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  let {keys, next, written} = state
  const micro: (readonly [string, number, number | null])[] = []
  for (let left = random.between(1, LONGEST); left > 0; left--) {
    const slot = random.int(keys.length)
    const key = keys[slot] as number
    if (random.chance(0.5)) {
      micro.push(['r', key, null])
      continue
    }
    const value = (written[slot] as number) + 1
    micro.push(['w', key, value])
    if (value < WRITES) written = written.with(slot, value)
    else {
      keys = keys.with(slot, next++)
      written = written.with(slot, 0)
    }
  }
  return [
    {f: 'txn', value: micro},
    {keys, next, written},
  ]
}

export const rwRegisterWorkload: Workload = {
  name: 'rw-register',
  description: 'transactions that read registers and write unique values to them',
  requires: ['txn'],
  claims: ['strict-serializable', 'serializable', 'snapshot-isolation', 'read-committed'],
  generator: ({keys}) =>
    unfold<State>(
      {keys: Array.from({length: keys}, (_, i) => i), next: keys, written: new Array<number>(keys).fill(0)},
      (state, context) => draw(state, context.random),
    ),
  finalGenerator: ({keys, nodes}) => {
    const reads = Array.from({length: keys}, (_, key) => ['r', key, null])
    return onEveryNode(nodes.length, {f: 'txn', value: reads, final: true})
  },
  checkers: ({claim}) => [
    rwRegister({
      models: [claim],
      // Strict serializability makes each key by itself linearizable, which orders its versions.
      linearizableKeys: claim === 'strict-serializable',
    }),
  ],
}
