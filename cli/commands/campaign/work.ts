/** `chaos campaign worker`: works at a broker, and says a line about each job. */

import {UsageError} from '../../../core/error.ts'
import {parseSpan, showDuration} from '../../../core/quantities.ts'
import {brokerName, workAtBroker} from '../../../runner/campaign/queue/broker.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {loadConfig} from '../../settings/config.ts'
import {startJobProcess} from './begin.ts'

/** A shorter lease would be lost by a process that is only busy, ms. */
const SHORTEST_LEASE_MS = 1000

export interface WorkerFlags {
  readonly queue: string
  readonly lease: string
  readonly keep: string
  readonly config?: string | undefined
}

export async function work(
  {queue, lease, keep, config}: WorkerFlags,
  {err}: ReporterContext,
  signal: AbortSignal,
): Promise<void> {
  const leaseMs = parseSpan('--lease', lease)
  if (leaseMs < SHORTEST_LEASE_MS) throw new UsageError(`--lease ${lease} is too short.`, ['Expected: 1s or more.'])
  // What is wrong with it is said now, not by every job.
  await loadConfig(config, process.cwd())
  const told = ['--keep', keep, ...(config === undefined ? [] : ['--config', config])]
  const name = brokerName(queue)
  await workAtBroker({
    url: queue,
    leaseMs,
    start: () => startJobProcess(told),
    signal,
    ready: () => err(`chaos campaign worker · waiting for jobs at ${name} · Ctrl-C stops it\n`),
    begun: (job) => err(`  ${job}\n`),
    ended: (job, {outcome, tookMs, sentence}) =>
      err(`  ${job}: ${outcome} after ${showDuration(tookMs)}  ${sentence}\n`),
    notice: (line) => err(`  ${line}\n`),
  })
}
