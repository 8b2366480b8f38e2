/** What a run tells whoever watches it, while it happens. Nothing here changes the run. */
import type {Op} from '../core/op.ts'
import type {RunFacts} from './facts.ts'

/** The parts of a run, in order. */
export type Phase = 'start' | 'drive' | 'heal' | 'check'

/** How far a run is. */
export interface Progress {
  readonly elapsedMs: number
  /** How long clients are to run, ms. */
  readonly totalMs: number
  readonly operations: number
  readonly ok: number
  readonly fail: number
  readonly info: number
  /** Faults in force, in words. */
  readonly faults: readonly string[]
}

export interface RunObserver {
  /** Everything is decided, nothing has started. */
  started?(facts: RunFacts): void
  phaseBegan?(phase: Phase): void
  /** `detail` is one line: "5 nodes, 25 proxied links, embedded toxiproxy". */
  phaseEnded?(phase: Phase, detail: string, tookMs: number): void
  /** Several times a second while clients run. */
  progressed?(progress: Progress): void
  recorded?(op: Op): void
  /** Something that the operator should know, but that ends nothing. */
  warned?(line: string): void
}
