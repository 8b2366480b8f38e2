/**
 * How long a job takes: the time that its clients run, and what it costs to start a cluster, to heal it and to judge it. That
 * cost is a guess at first, and measured from then on.
 */
import {parseDuration} from '../../core/quantities.ts'
import {DEFAULTS} from '../settings/run-settings.ts'
import type {CompletedJob, Job} from './job.ts'

/** What a run is taken to cost beside its clients' time until one was measured, ms. */
const FIRST_OVERHEAD_MS = 8000
/** Runs differ: an estimate is this much above the mean of what was measured. */
const MARGIN = 1.25

export class CostEstimate {
  readonly #timeMs: number
  #totalOverheadMs = 0
  #measured = 0

  /** `timeMs` is how long clients run in jobs other than canaries. */
  constructor(timeMs: number) {
    this.#timeMs = timeMs
  }

  /** How long it is expected to take, ms. A canary may end sooner, as soon as it is caught. */
  expectedMs(job: Pick<Job, 'bug'>): number {
    return this.#clientMs(job) + this.overheadMs
  }

  get overheadMs(): number {
    return this.#measured === 0 ? FIRST_OVERHEAD_MS : (MARGIN * this.#totalOverheadMs) / this.#measured
  }

  /** Learns from a job that ran its full time. */
  observe({job, outcome, tookMs}: Pick<CompletedJob, 'job' | 'outcome' | 'tookMs'>): void {
    const overheadMs = tookMs - this.#clientMs(job)
    if (job.bug !== undefined || (outcome !== 'pass' && outcome !== 'unknown') || overheadMs < 0) return
    this.#totalOverheadMs += overheadMs
    this.#measured++
  }

  #clientMs({bug}: Pick<Job, 'bug'>): number {
    if (bug === undefined) return this.#timeMs
    return parseDuration('time', String(bug.options?.['time'] ?? DEFAULTS.time))
  }
}
