/** What was found so far, by type: a few examples in full, the rest counted. */
import type {AnomalyType} from './anomalies.ts'

/** One anomaly, before it is put into a verdict. */
export interface Finding {
  readonly type: AnomalyType
  /** The key's number, where it is about one. */
  readonly key?: number
  /** The transactions that show it. */
  readonly transactions: readonly number[]
  /** One sentence for a person. */
  readonly sentence: string
  readonly why?: readonly string[]
  readonly detail?: Readonly<Record<string, unknown>>
}

export class Findings {
  readonly #examples: number
  readonly #ignored: ReadonlySet<AnomalyType>
  readonly #byType = new Map<AnomalyType, {count: number; shown: Finding[]}>()

  /** Keeps this many findings of each type, and none of those that are to be ignored. */
  constructor(examples: number, ignored: readonly AnomalyType[] = []) {
    this.#examples = examples
    this.#ignored = new Set(ignored)
  }

  /** Counts one more; `make` is called only for those that are kept. */
  add(type: AnomalyType, make: () => Omit<Finding, 'type'>): void {
    if (this.#ignored.has(type)) return
    let entry = this.#byType.get(type)
    if (entry === undefined) {
      entry = {count: 0, shown: []}
      this.#byType.set(type, entry)
    }
    entry.count++
    if (entry.shown.length < this.#examples) entry.shown.push({type, ...make()})
  }

  has(type: AnomalyType): boolean {
    return this.#byType.has(type)
  }

  isFull(type: AnomalyType): boolean {
    return (this.#byType.get(type)?.shown.length ?? 0) >= this.#examples
  }

  get types(): AnomalyType[] {
    return [...this.#byType.keys()].sort()
  }

  countOf(type: AnomalyType): number {
    return this.#byType.get(type)?.count ?? 0
  }

  examplesOf(type: AnomalyType): readonly Finding[] {
    return this.#byType.get(type)?.shown ?? []
  }
}
