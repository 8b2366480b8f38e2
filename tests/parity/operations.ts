/** What is asked in each workload's words: what succeeds, what is refused, and what makes no sense. */
import type {Invocation} from '../../core/generator.ts'

/** What no client of ours ever asks: a word that no target knows, and known words with arguments that make no sense. */
function nonsense(spoken: readonly Invocation[]): Invocation[] {
  const words = [...new Set(spoken.map(({f}) => f))]
  return [
    {f: 'frobnicate', key: 'x', value: 1},
    ...words.flatMap((f) => [{f}, {f, key: 'odd', value: {odd: [1]}}, {f, key: 'odd', value: 'odd'}]),
  ]
}

const SPOKEN: Readonly<Record<string, readonly Invocation[]>> = {
  register: [
    {f: 'read', key: 'r'},
    {f: 'write', key: 'r', value: 1},
    {f: 'read', key: 'r'},
  ],
  cas: [
    {f: 'write', key: 'c', value: 1},
    {f: 'cas', key: 'c', value: [1, 2]},
    {f: 'cas', key: 'c', value: [7, 3]},
    {f: 'cas', key: 'absent', value: [1, 2]},
    {f: 'read', key: 'c'},
  ],
  kv: [
    {f: 'get', key: 'k'},
    {f: 'put', key: 'k', value: 'a'},
    {f: 'append', key: 'k', value: 'b'},
    {f: 'get', key: 'k'},
  ],
  set: [
    {f: 'add', key: 's', value: 1},
    {f: 'add', key: 's', value: 2},
    {f: 'remove', key: 's', value: 1},
    {f: 'remove', key: 's', value: 9},
    {f: 'read', key: 's'},
  ],
  counter: [
    {f: 'add', key: 'n', value: 3},
    {f: 'add', key: 'n', value: -1},
    {f: 'read', key: 'n'},
  ],
  append: [
    {
      f: 'txn',
      value: [
        ['append', 'l', 1],
        ['r', 'l', null],
      ],
    },
    {f: 'txn', value: [['r', 'absent', null]]},
    {f: 'txn', value: [['x', 'l', 1]]},
  ],
  'rw-register': [
    {
      f: 'txn',
      value: [
        ['w', 'w', 1],
        ['r', 'w', null],
      ],
    },
  ],
  lock: [
    {f: 'use', key: 'free'},
    {f: 'release', key: 'free'},
    {f: 'acquire', key: 'lock', value: 2000},
    {f: 'use', key: 'lock'},
    {f: 'acquire', key: 'lock', value: 2000},
    {f: 'release', key: 'lock'},
    {f: 'use', key: 'lock'},
  ],
  consensus: [
    {f: 'read', key: 'd'},
    {f: 'propose', key: 'd', value: 4},
    {f: 'propose', key: 'd', value: 5},
    {f: 'read', key: 'd'},
  ],
  watch: [
    {f: 'poll', key: 'f'},
    {f: 'send', key: 'f', value: 1},
    {f: 'poll', key: 'f'},
    {f: 'poll', key: 'f'},
  ],
  broadcast: [
    {f: 'broadcast', key: 'b', value: 1},
    {f: 'read', key: 'b'},
  ],
  'unique-ids': [{f: 'generate'}],
  members: [{f: 'members'}],
  staleness: [
    {f: 'write', key: 't', value: 1},
    {f: 'read', key: 'absent'},
  ],
  bank: [
    {f: 'read', value: ['a0', 'a1', 'a2']},
    {f: 'transfer', value: {from: 'a0', to: 'a1', amount: 2}},
    {f: 'transfer', value: {from: 'a0', to: 'a1', amount: 1e6}},
    {f: 'transfer', value: {from: 'a0', to: 'a0', amount: 1}},
    {f: 'read', value: ['a0', 'a1', 'a2']},
  ],
  log: [
    {f: 'poll'},
    {f: 'commit'},
    {f: 'assign', value: ['p']},
    {f: 'send', key: 'p', value: 1},
    {f: 'poll'},
    {f: 'poll'},
    {f: 'subscribe', value: ['p']},
    {f: 'commit'},
  ],
  queue: [
    {f: 'dequeue', key: 'q'},
    {f: 'enqueue', key: 'q', value: 1},
    {f: 'dequeue', key: 'q'},
    {f: 'dequeue', key: 'q'},
  ],
  pubsub: [
    {f: 'receive'},
    {f: 'subscribe', key: 'h'},
    {f: 'publish', key: 'h', value: 1},
    {f: 'receive'},
    {f: 'receive'},
  ],
}

/** Everything that is asked of a healthy cluster under this workload. */
export function spoken(workload: string): readonly Invocation[] {
  const words = SPOKEN[workload] ?? []
  // How long a lease of nonsense lasts is a matter of time.
  return [...words, ...nonsense(words.filter(({f}) => f !== 'acquire'))]
}

/** What looks, and what changes something, as asked under faults: each time of an object that nobody has touched. */
const PROBES: Readonly<Record<string, (name: string) => readonly [looks: Invocation, changes: Invocation]>> = {
  register: (key) => [
    {f: 'read', key},
    {f: 'write', key, value: 1},
  ],
  cas: (key) => [
    {f: 'read', key},
    {f: 'write', key, value: 1},
  ],
  set: (key) => [
    {f: 'read', key},
    {f: 'add', key, value: 1},
  ],
  staleness: (key) => [
    {f: 'read', key},
    {f: 'write', key, value: 1},
  ],
  bank: (name) => [
    {f: 'read', value: [`${name}a`, `${name}b`]},
    {f: 'transfer', value: {from: `${name}c`, to: `${name}d`, amount: 1}},
  ],
  log: (key) => [{f: 'poll'}, {f: 'send', key, value: 1}],
  lock: (key) => [
    {f: 'use', key},
    {f: 'acquire', key, value: 300},
  ],
  consensus: (key) => [
    {f: 'read', key},
    {f: 'propose', key, value: 1},
  ],
}

export function probes(workload: string, name: string): Readonly<Record<'looks' | 'changes', Invocation>> {
  const [looks, changes] = PROBES[workload]!(name)
  return {looks, changes}
}
