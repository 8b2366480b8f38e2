/** A campaign in the terminal: a line for each run, and what it came to. */
import {showDuration} from '../../core/quantities.ts'
import {type CompletedJob, foundViolation} from '../../runner/campaign/job.ts'
import {canariesOf, countOf, isCanary} from '../../runner/campaign/result.ts'
import type {Style} from './style.ts'

/** One run. */
export function jobLine(ended: CompletedJob, style: Style): string {
  const {job, outcome, sentence, tookMs} = ended
  const good = isCanary(job) ? foundViolation(ended) : outcome === 'pass'
  const mark = good ? style.good('✔') : outcome === 'unknown' ? style.warn('?') : style.bad('✘')
  const what = `${job.target}/${job.workload} ${job.bug === undefined ? job.faults.join(',') : `canary ${job.bug.name}`}`
  return `${mark} ${what.padEnd(44)} ${job.seed}  ${showDuration(tookMs).padStart(6)}  ${sentence}`
}

/** Counts, canaries that were missed, and for each violation the command that brings it back. */
export function totalLines(completed: readonly CompletedJob[], missed: readonly string[], style: Style): string[] {
  const words = (['pass', 'violation', 'liveness', 'unknown', 'environment'] as const)
    .map((outcome) => ({outcome, count: countOf(completed, outcome)}))
    .filter(({count}) => count > 0)
    .map(({outcome, count}) => `${count} ${outcome}`)
  const canaries = canariesOf(completed).length
  const failures = completed.filter((ended) => !isCanary(ended.job) && foundViolation(ended))
  return [
    `${style.bold(words.join(' · '))} · ${canaries - missed.length}/${canaries} canaries caught`,
    ...missed.map((canary) => style.bad(`canary missed: ${canary}`)),
    ...failures.flatMap(({sentence, command}) => [sentence, `  Reproduce   ${command}`]),
  ]
}
