/** A worker process of a campaign: does one job after another, and ends with whoever gave them. Started by `JobProcess`. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {packRun} from '../../../runner/campaign/queue/carry.ts'
import type {Delivery} from '../../../runner/campaign/queue/engine.ts'
import {serveJobs} from '../../../runner/campaign/queue/job-process.ts'
import type {QueueJob} from '../../../runner/campaign/queue/jobs.ts'
import {loadConfig} from '../../settings/config.ts'
import {performJob} from './perform-job.ts'

/** `--runs` is where runs are kept; without it they are sent along with the result. */
const {values} = parseArgs({options: {runs: {type: 'string'}, config: {type: 'string'}, keep: {type: 'string'}}})
const keepAll = values.keep === 'all'
const loaded = loadConfig(values.config, process.cwd())

async function performHere(job: QueueJob, signal: AbortSignal): Promise<Delivery> {
  if (values.runs !== undefined)
    return {result: await performJob(job, await loaded, {runs: values.runs, keepAll, signal})}
  const runs = mkdtempSync(join(tmpdir(), 'chaos-job-'))
  try {
    const result = await performJob(job, await loaded, {runs, keepAll, signal, strangers: true})
    return {result, ...(result.run === undefined ? {} : {files: packRun(join(runs, result.run))})}
  } finally {
    rmSync(runs, {recursive: true, force: true})
  }
}

serveJobs(performHere)
