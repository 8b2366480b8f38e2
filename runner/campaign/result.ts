/** What a campaign comes to: the canaries that nothing caught, and one exit code. */
import {EXIT, type ExitCode} from '../../core/error.ts'
import {type CompletedJob, canaryName, foundViolation, isInterrupted, type Job, type JobOutcome} from './job.ts'

/** The canaries that were run, by name. */
export function canariesOf(completed: readonly CompletedJob[]): string[] {
  const names = completed.flatMap(({job}) => (job.bug === undefined ? [] : [canaryName(job.target, job.bug)]))
  return [...new Set(names)]
}

/** Canaries that were run to an end and never caught. One that the budget or the environment cut short is not missed. */
export function missedCanaries(completed: readonly CompletedJob[]): string[] {
  const caught = new Set(canariesOf(completed.filter(foundViolation)))
  const judged = completed.filter(({outcome}) => outcome === 'pass' || outcome === 'unknown')
  return canariesOf(judged).filter((canary) => !caught.has(canary))
}

/** A missed canary is as bad as a violation: nothing that the campaign says can be believed. */
export function campaignExitCode(completed: readonly CompletedJob[], missed = missedCanaries(completed)): ExitCode {
  const outcomes = new Set(completed.filter(({job}) => !isCanary(job)).map(({outcome}) => outcome))
  if (outcomes.has('violation') || missed.length > 0) return EXIT.violation
  if (outcomes.has('environment')) return EXIT.environment
  if (outcomes.has('liveness')) return EXIT.liveness
  if (outcomes.has('unknown') || !testedMatrix(completed)) return EXIT.inconclusive
  return EXIT.pass
}

/** Whether anything but canaries was run to an end: those alone say nothing of the targets. */
export function testedMatrix(completed: readonly CompletedJob[]): boolean {
  return completed.some((ended) => !isCanary(ended.job) && !isInterrupted(ended))
}

/** How many jobs other than canaries ended so. */
export function countOf(completed: readonly CompletedJob[], outcome: JobOutcome): number {
  return completed.filter((one) => !isCanary(one.job) && one.outcome === outcome).length
}

export function isCanary({kind}: Pick<Job, 'kind'>): boolean {
  return kind === 'canary'
}
