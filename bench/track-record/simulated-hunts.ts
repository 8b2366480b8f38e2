/** What the hunts of one bug with many simulated seeds came to. */
export const SIMULATED = 'bench/track-record/simulated.jsonl'

export interface SimulatedHunts {
  readonly target: string
  readonly bug: string
  readonly recipe: string
  readonly convicted: number
  readonly seeds: number
  /** How often each expected anomaly was found. */
  readonly found: Readonly<Record<string, number>>
  /** Medians over the seeds that convicted: simulated s, and wall ms with the check. */
  readonly simulatedS: number
  readonly wallMs: number
  /** Seeds that did not convict, with what was found instead. */
  readonly missed: readonly string[]
  readonly date: string
}
