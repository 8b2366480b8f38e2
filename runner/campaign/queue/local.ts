/**
 * The queue on this machine: a few worker processes, each doing one job at a time. A process that dies takes nothing with it:
 * its job goes to a fresh one.
 */
import {calendarDate} from '../../../core/clock.ts'
import {type Engine, type EngineRequest, LOST_WORKERS, lost} from './engine.ts'
import type {JobProcess} from './job-process.ts'
import {type QueueJob, queueJobName} from './jobs.ts'

/** `start` starts a worker process. */
export function localEngine(workers: number, start: () => JobProcess): Engine {
  return {
    async run({jobs, signal, done, notice}: EngineRequest) {
      const waiting: {job: QueueJob; tries: number}[] = jobs.map((job) => ({job, tries: 0}))

      const work = async () => {
        let process: JobProcess | undefined
        try {
          for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
            process ??= start()
            const delivery = await process.perform(next.job, signal)
            if (delivery !== undefined) {
              done(delivery)
              continue
            }
            process = undefined
            if (signal.aborted) return
            next.tries++
            const name = queueJobName(next.job)
            if (next.tries > LOST_WORKERS)
              done({result: lost(next.job, `${next.tries} workers died of it.`, calendarDate().toISOString())})
            else {
              notice(`a worker was lost in the middle of ${name}: it is done again`)
              waiting.unshift(next)
            }
          }
        } finally {
          await process?.close()
        }
      }
      await Promise.all(Array.from({length: Math.min(workers, jobs.length)}, work))
    },
  }
}
