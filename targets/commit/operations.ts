/**
 * What transactions do to keys, and what clients' words for it are. A transaction is known as a whole when it begins; its
 * operations are executed where their keys live.
 */
import type {Json, NodeId} from '../../core/node.ts'
import {OPENING_BALANCE} from '../../core/workload.ts'
import {hashOf} from '../state-machine/hash.ts'

/** One operation; `at` is its place among the transaction's results. */
export type Operation = {
  readonly at: number
  readonly kind: 'r' | 'w' | 'append' | 'balance' | 'move'
  readonly key: string
  /** What is written or appended, or by how much a balance moves. */
  readonly value: Json
}

/** A transaction in the words of a workload, with how its results become the answer. */
export interface Transaction {
  readonly operations: readonly Operation[]
  answer(results: readonly Json[]): Json
}

export function reads({kind}: Operation): boolean {
  return kind === 'r' || kind === 'balance'
}

/** The node that keeps a key. */
export function shardOf(key: string, nodes: readonly NodeId[]): NodeId {
  return nodes[hashOf(key) % nodes.length] as NodeId
}

/** Undefined where these are no words of ours. */
export function transactionOf(f: string, value: Json): Transaction | undefined {
  if (f === 'txn' && Array.isArray(value)) return microOperations(value as readonly Json[])
  if (f === 'read' && Array.isArray(value) && value.every(isAccount)) {
    const accounts = value as readonly string[]
    return {
      operations: accounts.map((key, at) => ({at, kind: 'balance', key, value: null})),
      answer: (results) => Object.fromEntries(accounts.map((account, i) => [account, results[i] ?? null])),
    }
  }
  if (f !== 'transfer' || typeof value !== 'object' || value === null) return undefined
  const {from, to, amount} = value as {from: Json; to: Json; amount: Json}
  if (!isAccount(from) || !isAccount(to) || typeof amount !== 'number') return undefined
  return {
    operations: [
      {at: 0, kind: 'move', key: from, value: -amount},
      {at: 1, kind: 'move', key: to, value: amount},
    ],
    answer: () => value,
  }
}

function isAccount(name: unknown): name is string {
  return typeof name === 'string'
}

function microOperations(micro: readonly Json[]): Transaction | undefined {
  if (!micro.every(Array.isArray)) return undefined
  const operations = micro.map((each, at) => {
    const [kind, key, value] = each as [Operation['kind'], string | number, Json]
    return {at, kind, key: String(key), value}
  })
  if (!operations.every(({kind}) => kind === 'r' || kind === 'w' || kind === 'append')) return undefined
  return {
    operations,
    answer: (results) =>
      micro.map((each, at) => {
        const [kind, key, value] = each as [string, Json, Json]
        return [kind, key, kind === 'r' ? (results[at] ?? null) : value]
      }),
  }
}

/** What the operations of one shard come to, on top of what is there. */
export type Outcome =
  | {readonly writes: Readonly<Record<string, Json>>; readonly results: readonly (readonly [at: number, value: Json])[]}
  /** Why it cannot be done. */
  | {readonly refused: string}

export function execute(operations: readonly Operation[], stored: (key: string) => Json | undefined): Outcome {
  const writes: Record<string, Json> = {}
  const results: [number, Json][] = []
  const now = (key: string): Json | undefined => (Object.hasOwn(writes, key) ? writes[key] : stored(key))
  for (const {at, kind, key, value} of operations) {
    if (kind === 'r') results.push([at, now(key) ?? null])
    else if (kind === 'balance') results.push([at, now(key) ?? OPENING_BALANCE])
    else if (kind === 'w') writes[key] = value
    else if (kind === 'append') writes[key] = [...((now(key) ?? []) as readonly Json[]), value]
    else {
      const balance = ((now(key) ?? OPENING_BALANCE) as number) + (value as number)
      if (balance < 0) return {refused: 'insufficient funds'}
      writes[key] = balance
    }
  }
  return {writes, results}
}
