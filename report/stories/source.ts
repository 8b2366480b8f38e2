/** The whole history as the stories ask for it: by op, and by key. What is asked for is looked up once. */
import type {ReadsTable} from '../payload.ts'
import type {Row} from '../tabulate.ts'
import type {TransactionData} from './cards.ts'
import {readsTable} from './reads.ts'

/** Functions that are a transaction of one micro-operation by themselves. */
const SINGLE: Readonly<Record<string, string>> = {r: 'r', read: 'r', append: 'append', w: 'w', write: 'w'}

export class Source {
  readonly #rows: readonly Row[]
  #byIndex: Map<number, number> | undefined
  readonly #reads = new Map<string, ReadsTable | undefined>()

  /** Rows by time of invocation. */
  constructor(rows: readonly Row[]) {
    this.#rows = rows
  }

  /** All that was read of a list; undefined where nobody read one. */
  readsOf(key: string): ReadsTable | undefined {
    if (!this.#reads.has(key)) this.#reads.set(key, readsTable(this.#rows, key))
    return this.#reads.get(key)
  }

  /** The transactions that these ops belong to, in the order of the history, at most so many. */
  transactions(indices: readonly number[], limit: number): TransactionData[] {
    this.#byIndex ??= indexed(this.#rows)
    const places = new Set(indices.flatMap((index) => this.#byIndex!.get(index) ?? []))
    return [...places]
      .sort((left, right) => left - right)
      .slice(0, limit)
      .flatMap((place) => fromRow(this.#rows[place]!) ?? [])
  }
}

function indexed(rows: readonly Row[]): Map<number, number> {
  const places = new Map<number, number>()
  for (const [place, {invoke, completion}] of rows.entries()) {
    places.set(invoke.index, place)
    if (completion !== undefined) places.set(completion.index, place)
  }
  return places
}

/** A row as a transaction; what did not certainly happen shows what was asked. */
function fromRow({invoke, completion}: Row): TransactionData | undefined {
  const type = completion?.type ?? 'info'
  const value = type === 'ok' ? completion?.value : invoke.value
  const base = {index: completion?.index ?? invoke.index, process: invoke.process, type}
  if (invoke.key !== undefined && Object.hasOwn(SINGLE, invoke.f)) {
    return {...base, value: [[SINGLE[invoke.f], invoke.key, value]]}
  }
  return Array.isArray(value) ? {...base, value} : undefined
}
