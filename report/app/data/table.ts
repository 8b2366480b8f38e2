/**
 * The operations in the browser: columns with absolute times and indices, lanes of processes, and words for a row. Every
 * chart reads the columns directly; nothing here makes an object per operation.
 */
import {FINAL, OPEN, OUTCOME, OUTCOME_MASK, type TableFacts} from '../../payload.ts'
import {isRead, phrase} from '../../phrase.ts'
import {decodeValue, unzigzag} from '../../values.ts'
import type {Columns} from './decode.ts'
import type {Texts} from './texts.ts'

/** Rows that share a line of the timeline, in the order of their start. */
export interface Lane {
  readonly label: string
  /** Node that its clients are connected to, where it is one node. */
  readonly node: string
  readonly rows: Uint32Array
}

export class Table {
  readonly rows: number
  readonly facts: TableFacts
  readonly columns: Columns
  readonly texts: Texts
  /** By function: whether it only looks. */
  readonly #reads: readonly boolean[]
  #rowByIndex: Map<number, number> | undefined
  readonly index: Uint32Array
  /** ns since the start of the run. */
  readonly startNs: Float64Array
  /** When it was known to have ended; the end of the run for what never completed. */
  readonly endNs: Float64Array
  readonly lanes: readonly Lane[]
  readonly laneOf: Uint32Array
  /** Position of each row within its lane. */
  readonly place: Uint32Array

  constructor(columns: Columns, facts: TableFacts, texts: Texts, concurrency: number, runEndNs: number) {
    const rows = facts.rows
    this.rows = rows
    this.facts = facts
    this.columns = columns
    this.texts = texts
    this.#reads = facts.functions.map(isRead)
    this.index = new Uint32Array(rows)
    this.startNs = new Float64Array(rows)
    this.endNs = new Float64Array(rows)
    let index = 0
    let ticks = 0
    for (let row = 0; row < rows; row++) {
      index += unzigzag(columns.index[row]!)
      ticks += columns.start[row]!
      const startNs = facts.baseNs + ticks * facts.unitNs
      const duration = columns.duration[row]!
      this.index[row] = index
      this.startNs[row] = startNs
      this.endNs[row] = duration === OPEN ? Math.max(runEndNs, startNs) : startNs + duration * facts.unitNs
    }
    this.laneOf = new Uint32Array(rows)
    this.place = new Uint32Array(rows)
    this.lanes = this.#layLanes(concurrency)
  }

  /** Processes p and p + concurrency are one worker. Without a concurrency every process has a lane of its own. */
  #layLanes(concurrency: number): Lane[] {
    const {processes} = this.facts
    const laneOfWorker = new Map<number | string, number>()
    const workers = processes.map((process) =>
      typeof process === 'number' && concurrency > 0 ? process % concurrency : process,
    )
    for (const worker of [...new Set(workers)].sort(byNumber)) laneOfWorker.set(worker, laneOfWorker.size)
    const counts = new Uint32Array(laneOfWorker.size)
    const laneOfProcess = workers.map((worker) => laneOfWorker.get(worker)!)
    for (let row = 0; row < this.rows; row++) {
      const lane = laneOfProcess[this.columns.process[row]!]!
      this.laneOf[row] = lane
      this.place[row] = counts[lane]!
      counts[lane]!++
    }
    const members = Array.from(counts, (count) => new Uint32Array(count))
    for (let row = 0; row < this.rows; row++) members[this.laneOf[row]!]![this.place[row]!] = row
    return [...laneOfWorker.keys()].map((worker, lane) => {
      const rows = members[lane]!
      const nodes = new Set(Array.from(rows.subarray(0, 200), (row) => this.columns.node[row]!))
      const node = nodes.size === 1 ? (this.facts.nodes[this.columns.node[rows[0]!]!] ?? '') : ''
      return {label: typeof worker === 'number' ? `p${worker}` : worker, node, rows}
    })
  }

  outcome(row: number): number {
    return this.columns.outcome[row]! & OUTCOME_MASK
  }

  isFinal(row: number): boolean {
    return (this.columns.outcome[row]! & FINAL) !== 0
  }

  isOpen(row: number): boolean {
    return this.columns.duration[row] === OPEN
  }

  process(row: number): string {
    return String(this.facts.processes[this.columns.process[row]!])
  }

  key(row: number): string {
    return this.facts.keys[this.columns.key[row]!] ?? ''
  }

  f(row: number): string {
    return this.facts.functions[this.columns.f[row]!] ?? ''
  }

  /** Whether its function only looks. */
  isRead(row: number): boolean {
    return this.#reads[this.columns.f[row]!] === true
  }

  node(row: number): string {
    return this.facts.nodes[this.columns.node[row]!] ?? ''
  }

  input(row: number): string {
    return decodeValue(this.columns.input[row]!, this.texts)
  }

  output(row: number): string {
    return decodeValue(this.columns.output[row]!, this.texts)
  }

  error(row: number): string {
    const position = this.columns.error[row]!
    return position === 0 ? '' : (this.texts.at(position - 1) ?? '')
  }

  /** Index of the completion, or undefined. */
  completion(row: number): number | undefined {
    const distance = this.columns.completion[row]!
    return distance === 0 ? undefined : this.index[row]! + distance
  }

  /** `read x3 → 3`. */
  words(row: number, withKey: boolean): string {
    return phrase(
      {
        f: this.f(row),
        key: this.key(row),
        input: this.input(row),
        output: this.output(row),
        ok: this.outcome(row) === OUTCOME.ok,
      },
      withKey,
    )
  }

  /** The row that this op index belongs to, as invocation or as completion. */
  rowOf(index: number): number | undefined {
    this.#rowByIndex ??= this.#indexRows()
    return this.#rowByIndex.get(index)
  }

  #indexRows(): Map<number, number> {
    const rows = new Map<number, number>()
    for (let row = 0; row < this.rows; row++) {
      const completion = this.completion(row)
      rows.set(this.index[row]!, row)
      if (completion !== undefined) rows.set(completion, row)
    }
    return rows
  }
}

/** Position of the first item of `rows` whose value is at least `value`; values must ascend. */
export function lowerBound(rows: Uint32Array, values: Float64Array, value: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[rows[middle]!]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function byNumber(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right), 'en', {numeric: true})
}
