/**
 * From a workload's functions to the store's. Workloads speak Jepsen's words, in which `add` and `read` mean one thing
 * for a set and another for a counter; a store keeps all kinds at once and must be told which is meant. The workload's
 * name, which the harness hands to every target as `--target-arg workload=…`, decides.
 */

import type {Claim} from '../../core/workload.ts'

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  register: {read: 'read', write: 'write', cas: 'cas'},
  set: {add: 'add', remove: 'remove', read: 'read-set'},
  counter: {add: 'increment', read: 'read-counter'},
  kv: {get: 'get', put: 'put', append: 'append'},
  append: {txn: 'txn'},
  consensus: {propose: 'propose', read: 'decided'},
  watch: {send: 'announce', poll: 'feed'},
  broadcast: {broadcast: 'add', read: 'read-set'},
  'unique-ids': {generate: 'generate'},
  members: {members: 'members'},
  lock: {acquire: 'acquire', use: 'use', release: 'release'},
}

/** Words that not every store takes. */
const SPECIAL: readonly string[] = ['watch', 'broadcast', 'members']

/** What workloads may call, all kinds of object together. */
export const FUNCTIONS: readonly string[] = [
  ...new Set(
    Object.entries(WORDS).flatMap(([workload, words]) => (SPECIAL.includes(workload) ? [] : Object.keys(words))),
  ),
]

/** The store's name for a workload's function; undefined where it has none. Workloads not listed speak of registers. */
export function storeFunction(workload: string | undefined, f: string): string | undefined {
  const words = WORDS[workload !== undefined && Object.hasOwn(WORDS, workload) ? workload : 'register'] ?? {}
  return Object.hasOwn(words, f) ? words[f] : undefined
}

/** What a linearizable store claims under each workload: one command is one transaction. */
export const CLAIMS = {
  register: 'linearizable',
  cas: 'linearizable',
  kv: 'linearizable',
  set: 'linearizable',
  counter: 'linearizable',
  append: 'strict-serializable',
  lock: 'linearizable',
  consensus: 'linearizable',
  'unique-ids': 'linearizable',
} as const satisfies Readonly<Record<string, Claim>>
