/**
 * Maelstrom's transactions over lists and over registers: keys and values are whole numbers, keys are drawn exponentially
 * (the second half as often as the first, as Elle's generator has it) and retire after so many writes.
 */
import {listAppend, rwRegister} from '../../checkers/elle/index.ts'
import {MODELS, type Model} from '../../checkers/elle/models.ts'
import type {Checker} from '../../core/checker.ts'
import type {Invocation} from '../../core/generator.ts'
import {unfold} from '../../core/generators.ts'
import type {Random} from '../../core/random.ts'
import {unknownName} from '../../core/registry.ts'
import type {Claim, Workload} from '../../core/workload.ts'
import {onEveryNode} from '../final-reads.ts'

interface Limits {
  readonly longest: number
  readonly writes: number
}

interface State {
  readonly keys: readonly {readonly key: number; readonly written: number}[]
  readonly next: number
}

function draw(state: State, random: Random, verb: string, {longest, writes}: Limits): readonly [Invocation, State] {
  let {keys, next} = state
  const micro: (readonly [string, number, number | null])[] = []
  for (let left = random.between(1, longest); left > 0; left--) {
    const slot = slotOf(keys.length, random)
    const {key, written} = keys[slot] as State['keys'][number]
    if (random.chance(0.5)) {
      micro.push(['r', key, null])
      continue
    }
    micro.push([verb, key, written + 1])
    keys = keys.with(slot, written + 1 < writes ? {key, written: written + 1} : {key: next++, written: 0})
  }
  return [
    {f: 'txn', value: micro},
    {keys, next},
  ]
}

/** Each key is drawn twice as often as the one before it. */
function slotOf(count: number, random: Random): number {
  const drawn = Math.floor(Math.log2((2 ** Math.min(count, 40) - 1) * random.next() + 1))
  return Math.min(drawn, count - 1)
}

const names: readonly string[] = MODELS

const numberOf = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : Number(text))

function transactions(
  name: string,
  description: string,
  verb: string,
  judge: (model: Model, claim: Claim) => Checker,
): Workload {
  return {
    name,
    description,
    requires: ['txn'],
    claims: names as readonly Claim[],
    generator: ({keys, claim, args = {}}) => {
      if (!names.includes(claim)) throw unknownName('consistency model', claim, names)
      const limits = {longest: numberOf(args['max-txn-length'], 4), writes: numberOf(args['max-writes-per-key'], 16)}
      const start: State = {keys: Array.from({length: keys}, (_, key) => ({key, written: 0})), next: keys}
      return unfold(start, (state, {random}) => draw(state, random, verb, limits))
    },
    // Maelstrom has none. Of the first keys, every node tells all in the end.
    finalGenerator: ({keys, nodes}) => {
      const reads = Array.from({length: keys}, (_, key) => ['r', key, null])
      return onEveryNode(nodes.length, {f: 'txn', value: reads, final: true})
    },
    checkers: ({claim}) => [judge(claim as Model, claim)],
  }
}

export const txnListAppend = transactions(
  'txn-list-append',
  'transactions that append to lists and read them, under whole numbers (Maelstrom)',
  'append',
  (model) => listAppend({models: [model]}),
)

export const txnRwRegister = transactions(
  'txn-rw-register',
  'transactions that write to registers and read them, under whole numbers (Maelstrom)',
  'w',
  (model) => rwRegister({models: [model], linearizableKeys: model === 'strict-serializable'}),
)
