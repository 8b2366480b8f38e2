/** What works a queue off: the processes of this machine (`local.ts`), or workers anywhere that share a broker (`broker.ts`). */
import type {QueueJob, QueueResult} from './jobs.ts'

/** What comes back of a job: its result, and the files of its run where they are elsewhere and worth keeping. */
export interface Delivery {
  readonly result: QueueResult
  /** Path within the run directory to content: gzip, then base64. Absent where the run is already in its place, or not kept. */
  readonly files?: Readonly<Record<string, string>>
}

export interface EngineRequest {
  readonly jobs: readonly QueueJob[]
  readonly signal: AbortSignal
  /** Called as each job ends; it may be told of one twice. */
  done(delivery: Delivery): void
  /** Something to say meanwhile: a worker was lost, the broker is away. */
  notice(line: string): void
}

export interface Engine {
  /** Resolves when every job was told of, or soon after the signal. Rejects where it can never work. */
  run(request: EngineRequest): Promise<void>
}

/** How often a job is given to another worker after one was lost with it. */
export const LOST_WORKERS = 3

/** The result of a job that no worker brought to an end. */
export function lost(job: QueueJob, sentence: string, endedAt: string): QueueResult {
  return {id: job.id, outcome: 'environment', sentence, anomalies: [], tookMs: 0, command: '', worker: '', endedAt}
}
