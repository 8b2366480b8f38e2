/**
 * A cache's entries: values with the store's version, for a limited time. Deleting leaves behind the version that is to come,
 * so that whoever has read an older one, and is slow, cannot put it back ("stale set"; Nishtala et al., "Scaling Memcache at
 * Facebook", NSDI 2013, section 3.2.1, where leases do the same).
 */
import type {Json} from '../../core/node.ts'

export type Versioned = {readonly value: Json; readonly version: number}

export interface EntriesOptions {
  readonly ttlMs: number
  readonly negativeTtlMs: number
  /** Bug `stale-set`: whatever is put is taken. */
  readonly takeAnything: boolean
}

export class Entries {
  readonly #options: EntriesOptions
  readonly #entries = new Map<string, Versioned & {readonly untilMs: number}>()
  /** Nothing older than this is taken. */
  readonly #floors = new Map<string, number>()

  constructor(options: EntriesOptions) {
    this.#options = options
  }

  get(key: string, nowMs: number): Versioned | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && nowMs < entry.untilMs ? entry : undefined
  }

  /** `asOfMs`: when it was found missing here; the value is no older than that. False where it is refused. */
  put(key: string, {value, version}: Versioned, asOfMs: number): boolean {
    const {ttlMs, negativeTtlMs, takeAnything} = this.#options
    const floor = Math.max(this.#floors.get(key) ?? 0, this.#entries.get(key)?.version ?? 0)
    if (version < floor && !takeAnything) return false
    this.#entries.set(key, {value, version, untilMs: asOfMs + (value === null ? negativeTtlMs : ttlMs)})
    return true
  }

  /** The store has this version now. */
  delete(key: string, version: number): void {
    this.#entries.delete(key)
    this.#floors.set(key, Math.max(version, this.#floors.get(key) ?? 0))
  }
}
