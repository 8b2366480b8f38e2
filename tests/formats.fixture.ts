/**
 * Histories in which every key, and most values, are *atoms*: things that each format writes in its own way. A JSON author has
 * strings where an EDN author has keywords, and only strings as the keys of maps.
 */

import {fuzzHistory, type Made} from '../checkers/testing/fuzz.fixture.ts'
import {EdnLiteral} from '../core/edn-literal.ts'
import type {Op} from '../core/op.ts'
import type {Random} from '../core/random.ts'

/** A key or value; equal numbers are equal atoms. A record uses the same object for them. */
export class Atom {
  readonly number: number
  constructor(number: number) {
    this.number = number
  }
}

/** A map whose keys are atoms. */
export class Dictionary {
  readonly entries: readonly (readonly [Atom, unknown])[]
  constructor(entries: readonly (readonly [Atom, unknown])[]) {
    this.entries = entries
  }
}

/** How an atom is written: in EDN, in JSON, and as the name of a field in JSON. */
interface Spelling {
  edn(number: number): string
  json(number: number): string
  name(number: number): string
}

const quoted = (text: string) => JSON.stringify(text)
const literal = (edn: (number: number) => string): Spelling => ({
  edn,
  json: (number) => `{"#edn":${quoted(edn(number))}}`,
  name: (number) => `#edn ${edn(number)}`,
})
const BIG = 9_007_199_254_740_993n

/** The kinds of atoms. Those of `PLAIN` can name objects (`Op.key`) in every format. */
export const SPELLINGS: Readonly<Record<string, Spelling>> = {
  integers: {edn: String, json: String, name: String},
  'strings of digits': {edn: (n) => quoted(`${n}`), json: (n) => quoted(`${n}`), name: String},
  strings: {edn: (n) => quoted(`k${n}`), json: (n) => quoted(`k${n}`), name: (n) => `k${n}`},
  'strings with blanks': {edn: (n) => quoted(`k ${n}`), json: (n) => quoted(`k ${n}`), name: (n) => `k ${n}`},
  keywords: {edn: (n) => `:k${n}`, json: (n) => quoted(`k${n}`), name: (n) => `k${n}`},
  'big integers': {
    edn: (n) => `${BIG + BigInt(n)}`,
    json: (n) => `${BIG + BigInt(n)}`,
    name: (n) => `${BIG + BigInt(n)}`,
  },
  'keywords of digits': literal((n) => `:${n}`),
  symbols: literal((n) => `k${n}`),
  ratios: literal((n) => `${2 * n + 1}/2`),
  'one nil': {
    edn: (n) => (n === 1 ? 'nil' : `${n}`),
    json: (n) => (n === 1 ? 'null' : `${n}`),
    name: (n) => (n === 1 ? '#edn nil' : `${n}`),
  },
}
const PLAIN = ['integers', 'strings of digits', 'strings', 'strings with blanks', 'keywords', 'big integers']

/** EDN and JSON Lines of one record, as people would write them by hand. */
export function spell(ops: readonly Op[], kind: string): {readonly edn: string; readonly jsonl: string} {
  const keys = SPELLINGS[PLAIN.includes(kind) ? kind : 'strings'] as Spelling
  const values = SPELLINGS[kind] as Spelling
  const edn = (value: unknown, as = values): string => {
    if (value instanceof Atom) return as.edn(value.number)
    if (value instanceof Dictionary)
      return `{${value.entries.map(([key, item]) => `${edn(key)} ${edn(item)}`).join(', ')}}`
    if (value instanceof Set) return `#{${Array.from(value, (item) => edn(item)).join(' ')}}`
    if (Array.isArray(value)) return `[${value.map((item) => edn(item)).join(' ')}]`
    if (value instanceof EdnLiteral) return value.edn
    if (typeof value === 'string') return `:${value}`
    if (value === null || typeof value !== 'object') return value === null ? 'nil' : `${value}`
    return `{${Object.entries(value)
      .map(([name, item]) => `:${name} ${edn(item)}`)
      .join(', ')}}`
  }
  const json = (value: unknown, as = values): string => {
    if (value instanceof Atom) return as.json(value.number)
    if (value instanceof Dictionary) {
      return `{${value.entries.map(([key, item]) => `${quoted(values.name(key.number))}:${json(item)}`).join(',')}}`
    }
    if (value instanceof Set) return `{"#set":[${Array.from(value, (item) => json(item)).join(',')}]}`
    if (Array.isArray(value)) return `[${value.map((item) => json(item)).join(',')}]`
    if (typeof value === 'string') return quoted(value)
    if (value === null || typeof value !== 'object') return value === null ? 'null' : `${value}`
    return `{${Object.entries(value)
      .map(([name, item]) => `${quoted(name)}:${json(item)}`)
      .join(',')}}`
  }
  const keyOf = (key: unknown) => new Atom(Number(key))
  const ednLines = ops.map(
    ({index, timeNs, type, process, f, key, value, node, final}) =>
      `{:index ${index}, :time ${timeNs}, :type :${type}, :process ${process}, :f :${f}` +
      `${key === undefined ? '' : `, :key ${edn(keyOf(key), keys)}`}, :value ${edn(value)}` +
      `${node === undefined ? '' : `, :node ${quoted(node)}`}${final === true ? ', :final? true' : ''}}`,
  )
  const jsonLines = ops.map(
    ({index, timeNs, type, process, f, key, value, node, final}) =>
      `{"index":${index},"time":${timeNs},"type":"${type}","process":${process},"f":"${f}"` +
      `${key === undefined ? '' : `,"key":${json(keyOf(key), keys)}`},"value":${json(value)}` +
      `${node === undefined ? '' : `,"node":${quoted(node)}`}${final === true ? ',"final":true' : ''}}`,
  )
  return {edn: `${ednLines.join('\n')}\n`, jsonl: `{"format":"chaos.history/1"}\n${jsonLines.join('\n')}\n`}
}

const ATOMS = Array.from({length: 64}, (_, number) => new Atom(number))
const atom = (number: number): Atom => ATOMS[number % ATOMS.length]!

interface System {
  readonly make: (random: Random) => Made
  /** Checkers that must not convict it as long as it does not lie. */
  readonly keeps: readonly string[]
}

export const SYSTEMS: Readonly<Record<string, System>> = {
  bank: {
    keeps: ['bank'],
    make: () => {
      const balances = [5, 5, 5]
      const all = () => new Dictionary(balances.map((amount, account) => [atom(account), amount]))
      return {
        draw: (random) => {
          if (random.chance(0.5)) return {f: 'read'}
          return {f: 'transfer', input: {from: atom(random.int(3)), to: atom(random.int(3)), amount: random.int(3)}}
        },
        apply: ({f, input}) => {
          if (f === 'read') return all()
          const {from, to, amount} = input as {from: Atom; to: Atom; amount: number}
          if (balances[from.number]! < amount) return undefined
          balances[from.number]! -= amount
          balances[to.number]! += amount
          return input
        },
        lie: ({f}, answer, random) => {
          if (f !== 'read') return answer
          const {entries} = answer as Dictionary
          return random.chance(0.5)
            ? new Dictionary(entries.slice(1))
            : new Dictionary(entries.map(([account, amount]) => [account, Number(amount) - random.int(8)]))
        },
      }
    },
  },
  log: {
    keeps: ['log'],
    make: (random) => {
      const first = random.pick([0, 0, 9_007_199_254_740_990n])
      const logs = [0, 1].map(() => [] as [number | bigint, Atom][])
      const at = new Map<string, number>()
      let next = 1
      const micro = random.chance(0.5)
      return {
        draw: (random) => {
          if (random.chance(0.5)) return {f: 'poll', ...(micro ? {input: [['poll']]} : {})}
          const sent = ['send', atom(random.int(2)), atom(10 + next++)]
          return {f: 'send', input: micro ? [sent] : sent.slice(1)}
        },
        apply: ({f, input}, worker) => {
          if (f === 'send') {
            const [key, value] = (micro ? (input as unknown[][])[0]!.slice(1) : input) as [Atom, Atom]
            const log = logs[key.number]!
            const offset = typeof first === 'bigint' ? first + BigInt(log.length) : first + log.length
            log.push([offset, value])
            return micro ? [['send', key, [offset, value]]] : [key, [offset, value]]
          }
          const records = logs.map((log, key) => {
            const from = at.get(`${worker} ${key}`) ?? 0
            at.set(`${worker} ${key}`, log.length)
            return [atom(key), log.slice(from)] as const
          })
          const polled = new Dictionary(records.filter(([, rows]) => rows.length > 0))
          return micro ? [['poll', polled]] : polled
        },
        lie: ({f}, answer) => {
          if (f !== 'poll') return answer
          const polled = (micro ? (answer as [string, Dictionary][])[0]![1] : answer) as Dictionary
          const turned = new Dictionary(polled.entries.map(([key, rows]) => [key, (rows as unknown[]).toReversed()]))
          return micro ? [['poll', turned]] : turned
        },
      }
    },
  },
  registers: {
    keeps: ['linearizable', 'sequential', 'causal', 'pram', 'monotonic-reads', 'read-your-writes', 'staleness'],
    make: () => {
      const held = new Map<unknown, unknown>()
      let next = 2
      return {
        draw: (random) => {
          const key = random.int(2)
          return random.chance(0.5) ? {f: 'read', key} : {f: 'write', key, input: atom(next++)}
        },
        apply: ({f, key, input}) => {
          if (f === 'read') return held.get(key) ?? null
          held.set(key, input)
          return input
        },
        lie: ({f}, answer, random) => (f === 'read' ? atom(2 + random.int(next)) : answer),
        final: [
          {f: 'read', key: 0},
          {f: 'read', key: 1},
        ],
      }
    },
  },
  'several registers': {
    keeps: ['multi-register'],
    make: () => {
      const held = [null, null, null] as (number | null)[]
      let next = 1
      return {
        draw: (random) => {
          const mops = Array.from({length: random.between(1, 2)}, () => {
            const key = atom(random.int(3))
            return random.chance(0.5) ? ['read', key, null] : ['write', key, next++]
          })
          return random.chance(0.3) ? {f: 'read'} : {f: 'txn', input: mops}
        },
        apply: ({f, input}) => {
          if (f === 'read') return new Dictionary(held.map((value, key) => [atom(key), value]))
          return (input as [string, Atom, number][]).map(([verb, key, value]) => {
            if (verb === 'read') return [verb, key, held[key.number]]
            held[key.number] = value
            return [verb, key, value]
          })
        },
        lie: ({f}, answer, random) =>
          f === 'read' ? new Dictionary([[atom(random.int(3)), random.between(1, next)]]) : answer,
      }
    },
  },
  sets: {
    keeps: ['set-full', 'set'],
    make: () => {
      const held = new Set<Atom>()
      let next = 2
      return {
        draw: (random) => (random.chance(0.4) ? {f: 'read'} : {f: 'add', input: atom(next++)}),
        apply: ({f, input}) => {
          if (f === 'read') return new Set(held)
          held.add(input as Atom)
          return input
        },
        lie: ({f}, answer, random) =>
          f === 'read' ? new Set([...(answer as Set<Atom>)].slice(random.int(2))) : answer,
        final: [{f: 'read'}],
      }
    },
  },
  queues: {
    keeps: ['queue'],
    make: () => {
      const waiting: unknown[] = []
      let next = 2
      return {
        draw: (random) => (random.chance(0.5) ? {f: 'dequeue'} : {f: 'enqueue', input: atom(next++)}),
        apply: ({f, input}) => {
          if (f === 'enqueue') waiting.push(input)
          return f === 'enqueue' ? input : (waiting.shift() ?? null)
        },
        lie: ({f}, answer, random) => (f === 'dequeue' ? atom(2 + random.int(next)) : answer),
      }
    },
  },
  lists: {
    keeps: ['list-append'],
    make: () => transactions('append', (held, value) => [...((held as unknown[] | null) ?? []), value]),
  },
  'registers in transactions': {
    keeps: ['rw-register'],
    make: () => transactions('w', (_, value) => value),
  },
}

function transactions(verb: string, merge: (held: unknown, value: unknown) => unknown): Made {
  const held = new Map<Atom, unknown>()
  let next = 2
  return {
    draw: (random) => ({
      f: 'txn',
      input: Array.from({length: random.between(1, 3)}, () =>
        random.chance(0.5) ? ['r', atom(random.int(3)), null] : [verb, atom(random.int(3)), atom(next++)],
      ),
    }),
    apply: ({input}) =>
      (input as [string, Atom, unknown][]).map(([what, key, value]) => {
        if (what === 'r') return [what, key, held.get(key) ?? null]
        held.set(key, merge(held.get(key) ?? null, value))
        return [what, key, value]
      }),
    lie: (_, answer) => (answer as unknown[][]).map((mop) => (mop[0] === 'r' ? ['r', mop[1], null] : mop)),
  }
}

/** A random record of a system, truthful or not. */
export function recordOf(system: System, random: Random, lie: number): readonly Op[] {
  const shape = {workers: 3, operations: 14, info: 0.08, fail: 0.08, lie}
  return [...fuzzHistory(random, shape, system.make(random)).ops]
}
