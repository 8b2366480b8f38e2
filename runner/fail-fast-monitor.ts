/**
 * `--fail-fast`: a watch follows the record while the run goes on, and whoever asked hears of the first violation that is
 * certain.
 *
 * The run must not feel it. The watch is fed in short slices between which clients have their turn; where it cannot keep
 * up it falls behind, and the proof comes later. What it leaves until operations end is probed twice a second, or more
 * seldom where a probe takes long.
 */
import type {Cancel, Clock} from '../core/clock.ts'
import type {Op} from '../core/op.ts'
import type {Breach, Watch} from '../core/watch.ts'

/** A slice every so often, and how long it may take: a tenth of the time at most. */
const SLICE_EVERY_MS = 50
const SLICE_MS = 5
/** Time between two probes, and how many times as long as the last one took it has to be at least. */
const PROBE_EVERY_MS = 500
const PROBE_REST = 20

export interface FailFastMonitorOptions {
  readonly watch: Watch
  /** The record, which grows. */
  readonly ops: readonly Op[]
  readonly clock: Clock
  /** Called once, and nothing is looked at any more. */
  onBreach(breach: Breach): void
  /** Called once if the watch throws, and nothing is looked at any more. */
  onError(error: unknown): void
}

export class FailFastMonitor {
  readonly #options: FailFastMonitorOptions
  #next = 0
  #probeAtNs = 0
  #cancel: Cancel = () => {}

  constructor(options: FailFastMonitorOptions) {
    this.#options = options
  }

  /** How many ops of the record it has not seen yet. */
  get behind(): number {
    return this.#options.ops.length - this.#next
  }

  start(): void {
    const {clock} = this.#options
    this.#probeAtNs = clock.nowNs() + PROBE_EVERY_MS * 1e6
    this.#cancel = clock.after(SLICE_EVERY_MS, () => this.#turn())
  }

  stop(): void {
    this.#cancel()
  }

  #turn(): void {
    const {clock, onBreach, onError} = this.#options
    let breach: Breach | undefined
    try {
      breach = this.#look()
    } catch (error) {
      onError(error)
      return
    }
    if (breach !== undefined) onBreach(breach)
    else this.#cancel = clock.after(SLICE_EVERY_MS, () => this.#turn())
  }

  /** One slice, and a probe if it is time for one and nothing newer is left. */
  #look(): Breach | undefined {
    const {watch, ops, clock} = this.#options
    const startNs = clock.nowNs()
    while (this.#next < ops.length) {
      const breach = watch.push(ops[this.#next++] as Op)
      if (breach !== undefined) return breach
      if (clock.nowNs() - startNs > SLICE_MS * 1e6) return undefined
    }
    const beforeNs = clock.nowNs()
    if (beforeNs < this.#probeAtNs) return undefined
    const breach = watch.probe()
    const tookNs = clock.nowNs() - beforeNs
    this.#probeAtNs = clock.nowNs() + Math.max(PROBE_EVERY_MS * 1e6, PROBE_REST * tookNs)
    return breach
  }
}
