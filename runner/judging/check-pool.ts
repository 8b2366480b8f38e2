/**
 * Checks on all cores: a pool of threads that do units of plain data. This thread makes the units, one by one, and does
 * some itself whenever the others have enough to do.
 */
import {createRequire} from 'node:module'
import {availableParallelism} from 'node:os'
import {setImmediate as turn} from 'node:timers/promises'
import {pathToFileURL} from 'node:url'
import {Worker} from 'node:worker_threads'
import type {Budget, Parallel, Task} from '../../core/checker.ts'
import {type Clock, wallClock} from '../../core/clock.ts'
import {programBeside} from '../../net/toxiproxy/program.ts'

export interface ToThread {
  readonly task: string
  readonly number: number
  readonly unit: unknown
  /** Not zero: end early. Shared. */
  readonly halt: Int32Array
}

export type FromThread =
  | {readonly number: number; readonly result: unknown}
  | {readonly number: number; readonly error: string}

/** Units that wait in a thread while it does another: so that it never waits for us. */
const AHEAD = 2
/** How often the budget is asked on behalf of the threads, ms. */
const ASK_EVERY_MS = 25

export interface CheckPool extends Parallel {
  /** Ends the threads. */
  close(): Promise<void>
}

/** A pool on `cores` cores, this one included; threads are started when there is something to do. */
export function createCheckPool(cores = availableParallelism(), clock: Clock = wallClock()): CheckPool {
  const threads: Thread[] = []
  return {
    async map(task, units, budget) {
      while (threads.length < cores - 1) threads.push(new Thread())
      return shareOut(threads, task, units, budget, clock)
    },
    async close() {
      await Promise.all(threads.splice(0).map((thread) => thread.close()))
    },
  }
}

async function shareOut<Unit, Result>(
  threads: readonly Thread[],
  task: Task<Unit, Result>,
  units: Iterable<Unit>,
  budget: Budget,
  clock: Clock,
): Promise<Result[]> {
  const halt = new Int32Array(new SharedArrayBuffer(4))
  const exceeded = (): boolean => {
    if (halt[0] === 0 && budget.exceeded() !== undefined) Atomics.store(halt, 0, 1)
    return halt[0] !== 0
  }
  const results: Result[] = []
  const failures: unknown[] = []
  const sent: Promise<void>[] = []
  let number = 0
  for (const unit of units) {
    const at = number++
    const idle = threads.find((thread) => thread.waiting < AHEAD)
    if (idle === undefined) results[at] = task.run(unit, exceeded)
    else {
      const answer = idle.ask({task: task.name, number: at, unit, halt})
      sent.push(
        answer.then(
          (result) => void (results[at] = result as Result),
          (error) => void failures.push(error),
        ),
      )
    }
    await turn()
  }
  let stop = () => {}
  const ask = () => {
    if (!exceeded()) stop = clock.after(ASK_EVERY_MS, ask)
  }
  ask()
  await Promise.all(sent)
  stop()
  if (failures.length > 0) throw failures[0]
  return results
}

/** Built, the program is started as it is; from the sources, tsx has to be loaded inside the thread. */
function startThread(): Worker {
  const {path, nodeArguments} = programBeside(import.meta.url, 'check-pool-main')
  if (nodeArguments.length === 0) return new Worker(path)
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const tsx = JSON.stringify(new URL('./esm/api/index.mjs', loader).href)
  const program = JSON.stringify(pathToFileURL(path).href)
  return new Worker(`import(${tsx}).then(({register}) => (register(), import(${program})))`, {eval: true})
}

class Thread {
  readonly #worker: Worker
  #failure: Error | undefined
  readonly #asked = new Map<number, {resolve(result: unknown): void; reject(error: Error): void}>()

  constructor() {
    this.#worker = startThread()
    // An idle pool keeps nobody waiting.
    this.#worker.unref()
    this.#worker.on('message', (message: FromThread) => {
      const asked = this.#asked.get(message.number)
      this.#asked.delete(message.number)
      if (this.#asked.size === 0) this.#worker.unref()
      if ('error' in message) asked?.reject(new Error(message.error))
      else asked?.resolve(message.result)
    })
    this.#worker.on('error', (error: Error) => {
      this.#failure = error
      for (const {reject} of this.#asked.values()) reject(error)
      this.#asked.clear()
    })
  }

  /** Units that it has and has not done. */
  get waiting(): number {
    return this.#asked.size
  }

  ask(message: ToThread): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#asked.set(message.number, {resolve, reject})
      this.#worker.ref()
      this.#worker.postMessage(message)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
