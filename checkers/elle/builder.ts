/**
 * Builds the columns of a history, transaction by transaction, in the order of completion. For those who have a million of
 * them and no wish to make objects first:
 *
 *     const builder = new TransactionsBuilder('list-append')
 *     builder.begin({process: 0, outcome: 'ok', invoked: 0, completed: 1, invokeIndex: 0, completeIndex: 1})
 *     builder.write('x', 1)
 *     builder.read('x', [1])
 *     listAppend().judge(builder.build())
 */

import {UsageError} from '../../core/error.ts'
import type {Key} from '../../core/op.ts'
import {showValue, type ValueKey, valueKey} from '../../core/value.ts'
import {uint8Of} from '../columns/column.ts'
import {Int32List} from '../columns/int32-list.ts'
import {LongestReads} from './longest-reads.ts'
import {FAIL, INFO, NEVER, NONE, OK, READ, type Transactions, UNKNOWN, type Workload, WRITE} from './transactions.ts'
import {VersionTable} from './version-table.ts'

/** What to take memory for at first; any other number is as good. */
const MOPS_PER_TRANSACTION = 3
const VERSIONS_PER_TRANSACTION = 2
const SMALL_KEYS = 1 << 22

/** One transaction's frame. Positions are those in the history, from 0, each used once. */
export interface Frame {
  readonly process: number
  readonly outcome: 'ok' | 'info' | 'fail'
  readonly invoked: number
  /** Anything where the outcome is info: it may still take effect. */
  readonly completed: number
  readonly invokeIndex: number
  readonly completeIndex: number
}

export class TransactionsBuilder {
  readonly #workload: Workload
  readonly #frames: Record<'outcome' | 'process' | 'firstMop', Int32List>
  readonly #when: Record<'invoked' | 'completed', Int32List>
  readonly #indices: Record<'invoke' | 'complete', Int32List>
  readonly #mops: Record<'kind' | 'key' | 'value' | 'transaction', Int32List>
  readonly #keyNumbers = new Map<ValueKey, number>()
  /** The same for keys that are small integers, as they nearly always are. */
  readonly #smallKeyNumbers: (number | undefined)[] = []
  readonly #keys: Key[] = []
  readonly #initial = new Int32List()
  readonly #versions: VersionTable
  readonly #versionMop: Int32List
  readonly #lists = new LongestReads()
  #outcome: number = OK
  #events = 0

  /** `expected` is about how many transactions will come: memory is then taken once. */
  constructor(workload: Workload, expected = 1024) {
    this.#workload = workload
    const column = () => new Int32List(expected)
    this.#frames = {outcome: column(), process: column(), firstMop: new Int32List(expected + 1)}
    this.#when = {invoked: column(), completed: column()}
    this.#indices = {invoke: column(), complete: column()}
    this.#versions = new VersionTable(VERSIONS_PER_TRANSACTION * expected)
    this.#versionMop = new Int32List(VERSIONS_PER_TRANSACTION * expected)
    const mopColumn = () => new Int32List(MOPS_PER_TRANSACTION * expected)
    this.#mops = {kind: mopColumn(), key: mopColumn(), value: mopColumn(), transaction: mopColumn()}
  }

  /** Begins the next transaction; `read` and `write` then add to it. */
  begin(frame: Frame): void {
    const outcome = frame.outcome === 'ok' ? OK : frame.outcome === 'fail' ? FAIL : INFO
    const completed = outcome === INFO ? NEVER : frame.completed
    this.#outcome = outcome
    this.#frames.outcome.push(outcome)
    this.#frames.process.push(frame.process)
    this.#frames.firstMop.push(this.#mops.kind.length)
    this.#when.invoked.push(frame.invoked)
    this.#when.completed.push(completed)
    this.#indices.invoke.push(frame.invokeIndex)
    this.#indices.complete.push(frame.completeIndex)
    this.#events = Math.max(this.#events, frame.invoked + 1, completed === NEVER ? 0 : completed + 1)
  }

  /** A write, or an append. Throws UsageError for a value that was written to this key before. */
  write(key: Key, value: unknown): void {
    const keyNumber = this.#keyNumber(key)
    if (value === null || value === undefined) throw this.#nullWrite(key)
    const version = this.#version(keyNumber, value)
    const earlier = this.#versionMop.items[version]!
    if (earlier !== NONE) throw this.#writtenTwice(key, value, earlier)
    this.#versionMop.items[version] = this.#mops.kind.length
    this.#push(WRITE, keyNumber, version)
  }

  /** A read with its result: the list or the value; null is the initial state. Only what *ok* transactions read counts. */
  read(key: Key, result: unknown): void {
    const keyNumber = this.#keyNumber(key)
    this.#push(READ, keyNumber, this.#outcome === OK ? this.#result(key, keyNumber, result) : UNKNOWN)
  }

  #result(key: Key, keyNumber: number, result: unknown): number {
    if (this.#workload === 'list-append') {
      if (result === null || result === undefined) return 0
      if (Array.isArray(result)) return this.#lists.add(keyNumber, result)
      throw new UsageError(
        `op #${this.#currentIndex()} reads ${showValue(result)} from ${showValue(key)}, which is no list`,
        ['A read of a list-append history returns a list, such as ["r", "x", [1, 2]]. Was it meant as rw-register?'],
      )
    }
    if (result === null || result === undefined) return this.#initial.items[keyNumber]!
    return this.#version(keyNumber, result)
  }

  /** The columns. The builder must not be used afterwards. */
  build(): Transactions {
    const {kind, key, value, transaction} = this.#mops
    this.#frames.firstMop.push(kind.length)
    const lists = this.#lists.build(this.#keys.length, key.view(), kind.view(), value.view(), (keyNumber, element) =>
      this.#version(keyNumber, element),
    )
    const versions = this.#versions
    return {
      workload: this.#workload,
      count: this.#frames.outcome.length,
      outcome: uint8Of(this.#frames.outcome.view()),
      process: this.#frames.process.view(),
      invoked: this.#when.invoked.view(),
      completed: this.#when.completed.view(),
      events: this.#events,
      invokeIndex: this.#indices.invoke.view(),
      completeIndex: this.#indices.complete.view(),
      firstMop: this.#frames.firstMop.view(),
      mopTransaction: transaction.view(),
      mopKind: uint8Of(kind.view()),
      mopKey: key.view(),
      mopValue: value.view(),
      keys: this.#keys,
      initial: this.#initial.view(),
      versions: versions.size,
      versionKey: versions.keys.view(),
      versionMop: this.#versionMop.view(),
      valueOf: (version) => versions.valueOf(version),
      ...lists,
    }
  }

  #push(kind: number, key: number, value: number): void {
    this.#mops.kind.push(kind)
    this.#mops.key.push(key)
    this.#mops.value.push(value)
    this.#mops.transaction.push(this.#frames.outcome.length - 1)
  }

  /** Any value may be a key: nil, an integer beyond 2^53, a symbol of EDN. What is no name is named by its text. */
  #keyNumber(key: unknown): number {
    const isSmall = typeof key === 'number' && key >= 0 && key < SMALL_KEYS && Number.isInteger(key)
    const known = isSmall ? this.#smallKeyNumbers[key] : this.#keyNumbers.get(valueKey(key))
    if (known !== undefined) return known
    const number = this.#keys.length
    if (isSmall) this.#smallKeyNumbers[key] = number
    else this.#keyNumbers.set(valueKey(key), number)
    this.#keys.push(typeof key === 'string' || typeof key === 'number' ? key : key === null ? 'nil' : showValue(key))
    this.#initial.push(this.#versions.addInitial(number))
    this.#versionMop.push(NONE)
    return number
  }

  #version(key: number, value: unknown): number {
    const version = this.#versions.intern(key, value)
    if (version === this.#versionMop.length) this.#versionMop.push(NONE)
    return version
  }

  #currentIndex(): number {
    return this.#indexOf(this.#frames.outcome.length - 1)
  }

  #indexOf(transaction: number): number {
    const completion = this.#indices.complete.items[transaction]!
    return completion === NONE ? this.#indices.invoke.items[transaction]! : completion
  }

  #writtenTwice(key: Key, value: unknown, earlier: number): UsageError {
    const verb = this.#workload === 'list-append' ? 'append' : 'write'
    const first = this.#indexOf(this.#mops.transaction.items[earlier]!)
    const where = first === this.#currentIndex() ? ' twice' : `, as op #${first} did before`
    return new UsageError(
      `ill-formed history: op #${this.#currentIndex()} ${verb}s ${showValue(value)} to ${key}${where}`,
      [
        `Each value may be ${verb === 'append' ? 'appended' : 'written'} to a key only once, failed attempts included: ` +
          'otherwise nobody can tell whose value a read saw.',
      ],
    )
  }

  #nullWrite(key: Key): UsageError {
    return new UsageError(`ill-formed history: op #${this.#currentIndex()} writes null to ${key}`, [
      'null stands for the initial state; write something else.',
    ])
  }
}
