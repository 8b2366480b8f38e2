/**
 * The operations in the browser: columns with absolute times and indices, lanes of processes, and words for a row. Every
 * chart reads the columns directly; nothing here makes an object per operation.
 */
import {FINAL, OPEN, OUTCOME, OUTCOME_MASK, type TableFacts} from '../../payload.ts'
import {isRead, phrase} from '../../phrase.ts'
import {decodeValue, unzigzag} from '../../values.ts'
import type {Columns} from './decode.ts'
import {inSlices} from './slices.ts'
import type {Texts} from './texts.ts'

/** Rows that share a line of the timeline, in the order of their start. */
export interface Lane {
  readonly label: string
  /** Node that its clients are connected to, where it is one node. */
  readonly node: string
  readonly rows: Uint32Array
}

/** What is worked out from the columns once, when the page opens. */
interface Derived {
  readonly index: Uint32Array
  readonly startNs: Float64Array
  readonly endNs: Float64Array
  readonly lanes: readonly Lane[]
  readonly laneOf: Uint32Array
  readonly place: Uint32Array
  readonly isOrdered: boolean
  readonly reach: number
  readonly shortestNs: number
  readonly longestNs: number
}

export class Table {
  readonly rows: number
  readonly facts: TableFacts
  readonly columns: Columns
  readonly texts: Texts
  /** By function: whether it only looks. */
  readonly #reads: readonly boolean[]
  #rowByIndex: Map<number, number> | undefined
  /** Whether invocations ascend by index, as they do wherever times are honest. */
  readonly #isOrdered: boolean
  /** The most ops between an invocation and its completion. */
  readonly #reach: number
  readonly index: Uint32Array
  /** ns since the start of the run. */
  readonly startNs: Float64Array
  /** When it was known to have ended; the end of the run for what never completed. */
  readonly endNs: Float64Array
  readonly lanes: readonly Lane[]
  readonly laneOf: Uint32Array
  /** Position of each row within its lane. */
  readonly place: Uint32Array
  /** Of those that completed, ns; 0 where there is none. */
  readonly shortestNs: number
  readonly longestNs: number

  private constructor(columns: Columns, facts: TableFacts, texts: Texts, derived: Derived) {
    this.rows = facts.rows
    this.facts = facts
    this.columns = columns
    this.texts = texts
    this.#reads = facts.functions.map(isRead)
    this.index = derived.index
    this.startNs = derived.startNs
    this.endNs = derived.endNs
    this.lanes = derived.lanes
    this.laneOf = derived.laneOf
    this.place = derived.place
    this.#isOrdered = derived.isOrdered
    this.#reach = derived.reach
    this.shortestNs = derived.shortestNs
    this.longestNs = derived.longestNs
  }

  /** `concurrency`: processes p and p + concurrency are one worker; 0 where every process has a lane of its own. */
  static async of(
    columns: Columns,
    facts: TableFacts,
    texts: Texts,
    concurrency: number,
    runEndNs: number,
  ): Promise<Table> {
    const times = await timesOf(columns, facts, runEndNs)
    return new Table(columns, facts, texts, {...times, ...(await lanesOf(columns, facts, concurrency))})
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
    if (!this.#isOrdered) {
      this.#rowByIndex ??= this.#indexRows()
      return this.#rowByIndex.get(index)
    }
    let [low, high] = [0, this.rows]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.index[middle]! <= index) low = middle + 1
      else high = middle
    }
    // The last invocation that is not later, or the one before it that this op completes.
    for (let row = low - 1; row >= 0 && this.index[row]! >= index - this.#reach; row--) {
      if (this.index[row] === index || this.completion(row) === index) return row
    }
    return undefined
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

/** Columns hold differences; here they become indices and times. */
async function timesOf(columns: Columns, facts: TableFacts, runEndNs: number) {
  const {rows, baseNs, unitNs} = facts
  const index = new Uint32Array(rows)
  const startNs = new Float64Array(rows)
  const endNs = new Float64Array(rows)
  let [at, ticks, reach, isOrdered] = [0, 0, 0, true]
  let [shortest, longest] = [OPEN, 0]
  await inSlices(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      const step = unzigzag(columns.index[row]!)
      if (step < 0) isOrdered = false
      at += step
      ticks += columns.start[row]!
      index[row] = at
      const start = baseNs + ticks * unitNs
      startNs[row] = start
      const duration = columns.duration[row]!
      reach = Math.max(reach, columns.completion[row]!)
      if (duration === OPEN) {
        endNs[row] = Math.max(runEndNs, start)
        continue
      }
      endNs[row] = start + duration * unitNs
      shortest = Math.min(shortest, duration)
      longest = Math.max(longest, duration)
    }
  })
  return {
    index,
    startNs,
    endNs,
    isOrdered,
    reach,
    shortestNs: shortest > longest ? 0 : shortest * unitNs,
    longestNs: longest * unitNs,
  }
}

async function lanesOf(columns: Columns, {rows, processes, nodes}: TableFacts, concurrency: number) {
  const laneOf = new Uint32Array(rows)
  const place = new Uint32Array(rows)
  const workers = processes.map((process) =>
    typeof process === 'number' && concurrency > 0 ? process % concurrency : process,
  )
  const laneOfWorker = new Map<number | string, number>()
  for (const worker of [...new Set(workers)].sort(byNumber)) laneOfWorker.set(worker, laneOfWorker.size)
  const counts = new Uint32Array(laneOfWorker.size)
  const laneOfProcess = Uint32Array.from(workers, (worker) => laneOfWorker.get(worker)!)
  await inSlices(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      const lane = laneOfProcess[columns.process[row]!]!
      laneOf[row] = lane
      place[row] = counts[lane]!
      counts[lane]!++
    }
  })
  const members = Array.from(counts, (count) => new Uint32Array(count))
  await inSlices(rows, (from, to) => {
    for (let row = from; row < to; row++) members[laneOf[row]!]![place[row]!] = row
  })
  const lanes = [...laneOfWorker.keys()].map((worker, lane): Lane => {
    const own = members[lane]!
    const seen = new Set(Array.from(own.subarray(0, 200), (row) => columns.node[row]!))
    const node = seen.size === 1 ? (nodes[columns.node[own[0]!]!] ?? '') : ''
    return {label: typeof worker === 'number' ? `p${worker}` : worker, node, rows: own}
  })
  return {lanes, laneOf, place}
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
