/** Puts the parts of a campaign together. */
import {cpSync, existsSync} from 'node:fs'
import {join} from 'node:path'
import {UsageError} from '../../../core/error.ts'
import type {QueueJob} from './jobs.ts'
import {Ledger} from './ledger.ts'

/**
 * A new campaign in `output` that has done what its parts have done. A job in two parts counts once. Throws UsageError for
 * parts of different campaigns, and for directories that hold none; nothing is written then.
 */
export function mergeCampaigns(parts: readonly string[], output: string): Ledger {
  const ledgers = parts.map((path) => Ledger.open(path))
  const [first, ...others] = ledgers
  if (first === undefined) throw new UsageError('Nothing to merge.', ['Give the directories of the parts.'])
  const stranger = others.find(({plan}) => plan.seed !== first.plan.seed)
  if (stranger !== undefined) {
    throw new UsageError(`${first.path} and ${stranger.path} are parts of different campaigns.`, [
      `Seeds: ${first.plan.seed} and ${stranger.plan.seed}.`,
    ])
  }
  const split = ledgers.find(({plan}) => plan.shard?.count !== first.plan.shard?.count)
  if (split !== undefined) {
    throw new UsageError(`${first.path} and ${split.path} are parts of different wholes.`, [
      `${partWords(first)} and ${partWords(split)}: give all parts of one.`,
    ])
  }
  const jobs = new Map<string, QueueJob>()
  for (const {plan} of ledgers) for (const job of plan.jobs) jobs.set(job.id, job)
  const startedAt = ledgers.map(({plan}) => plan.startedAt).sort()[0] as string
  const missing = missingParts(ledgers)
  const whole = Ledger.begin(output, {
    startedAt,
    seed: first.plan.seed,
    jobs: [...jobs.values()],
    ...(missing.length === 0 ? {} : {missing}),
  })
  for (const part of ledgers) {
    for (const result of part.results) {
      if (!whole.add(result) || result.run === undefined) continue
      const run = join(part.runs, result.run)
      if (existsSync(run)) cpSync(run, join(whole.runs, result.run), {recursive: true})
    }
  }
  return whole
}

/** The parts that nobody gave: `3/3`. A part whose machine was lost leaves no directory, and its jobs would not be missed. */
function missingParts(ledgers: readonly Ledger[]): string[] {
  const count = ledgers[0]?.plan.shard?.count ?? 0
  const given = new Set(ledgers.map(({plan}) => plan.shard?.index))
  return Array.from({length: count}, (_, i) => i + 1)
    .filter((index) => !given.has(index))
    .map((index) => `${index}/${count}`)
}

function partWords({plan: {shard}}: Ledger): string {
  return shard === undefined ? 'a whole' : `${shard.index}/${shard.count}`
}
