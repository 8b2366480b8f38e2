/** Transactions, keys and values in words, as they appear in every explanation. */
import type {Key} from '../../core/op.ts'
import {showValue} from '../../core/value.ts'
import {elementOf, lengthOf, NONE, READ, type Transactions, UNKNOWN} from './transactions.ts'

/** Lists longer than this are shown by both ends. */
const SHOWN_ELEMENTS = 8

export class Describe {
  readonly transactions: Transactions

  constructor(transactions: Transactions) {
    this.transactions = transactions
  }

  /** The index of the op that people find a transaction by: its invocation, as everywhere else, where there is one. */
  index(transaction: number): number {
    const {completeIndex, invokeIndex} = this.transactions
    return invokeIndex[transaction] === NONE ? completeIndex[transaction]! : invokeIndex[transaction]!
  }

  /** Both op indices of each transaction, ascending. */
  witness(transactions: readonly number[]): number[] {
    const indices = new Set<number>()
    for (const t of transactions) {
      for (const index of [this.transactions.invokeIndex[t]!, this.transactions.completeIndex[t]!]) {
        if (index !== NONE) indices.add(index)
      }
    }
    return [...indices].sort((left, right) => left - right)
  }

  /** `#5` */
  name(transaction: number): string {
    return `#${this.index(transaction)}`
  }

  /** `#5 p2: append x 2, r y [1 2]` */
  transaction(transaction: number): string {
    const {firstMop, process, outcome} = this.transactions
    const mops: string[] = []
    for (let mop = firstMop[transaction]!; mop < firstMop[transaction + 1]!; mop++) mops.push(this.mop(mop))
    const fate = ['', ' (info)', ' (failed)'][outcome[transaction]!]!
    return `${this.name(transaction)} p${process[transaction]}${fate}: ${mops.join(', ') || 'nothing'}`
  }

  /** `append x 2`, `r y [1 2]`, `w z 3`, `r z ?` */
  mop(mop: number): string {
    const {mopKind, mopKey, mopValue, workload} = this.transactions
    const key = this.key(mopKey[mop]!)
    if (mopKind[mop] === READ) return `r ${key} ${mopValue[mop] === UNKNOWN ? '?' : this.read(mop)}`
    return `${workload === 'list-append' ? 'append' : 'w'} ${key} ${this.value(mopValue[mop]!)}`
  }

  key(key: number): Key {
    return this.transactions.keys[key]!
  }

  /** A version's value as text: that of an element, or of a register, `null` before any write. */
  value(version: number): string {
    const value = this.valueData(version)
    if (typeof value === 'bigint') return String(value)
    return typeof value === 'object' && value !== null ? showValue(value) : JSON.stringify(value)
  }

  /** A version's value as it was written; null for an initial one. */
  valueData(version: number): unknown {
    const {initial, versionKey} = this.transactions
    return initial[versionKey[version]!] === version ? null : this.transactions.valueOf(version)
  }

  /** What a read returned, as text. */
  read(mop: number): string {
    if (this.transactions.workload === 'rw-register') return this.value(this.transactions.mopValue[mop]!)
    return this.list(this.elements(mop))
  }

  /** `[1 2 3]`; a long one as `[1 2 3 … 30 31 32]`. */
  list(versions: readonly number[]): string {
    const text = versions.map((version) => this.value(version))
    if (text.length > SHOWN_ELEMENTS) text.splice(3, text.length - 6, '…')
    return `[${text.join(' ')}]`
  }

  /** The elements that a read of a list returned, as versions. */
  elements(mop: number): number[] {
    return Array.from({length: lengthOf(this.transactions, mop)}, (_, i) => elementOf(this.transactions, mop, i))
  }

  /** A micro-operation as data, in Jepsen's notation. */
  mopData(mop: number): unknown[] {
    const {mopKind, mopKey, mopValue, workload} = this.transactions
    const key = this.key(mopKey[mop]!)
    if (mopKind[mop] !== READ) {
      return [workload === 'list-append' ? 'append' : 'w', key, this.valueData(mopValue[mop]!)]
    }
    if (mopValue[mop] === UNKNOWN) return ['r', key, null]
    if (workload === 'rw-register') return ['r', key, this.valueData(mopValue[mop]!)]
    return ['r', key, this.elements(mop).map((version) => this.valueData(version))]
  }

  /** A transaction as data. */
  transactionData(transaction: number): unknown {
    const {firstMop, process, outcome} = this.transactions
    const value: unknown[] = []
    for (let mop = firstMop[transaction]!; mop < firstMop[transaction + 1]!; mop++) value.push(this.mopData(mop))
    return {
      index: this.index(transaction),
      process: process[transaction],
      type: ['ok', 'info', 'fail'][outcome[transaction]!],
      value,
    }
  }
}
