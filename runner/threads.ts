/** The one way to have work done by threads: a pool of Tinypool, for a program of ours beside the module that asks. */
import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'
import type {Worker} from 'node:worker_threads'
import {Tinypool} from 'tinypool'
import {ChaosError, EnvironmentError, type ExitCode} from '../core/error.ts'
import {type Program, programBeside} from '../net/toxiproxy/program.ts'

export interface ThreadPoolOptions {
  /** Threads at most; they are started when there is something to do. */
  readonly threads: number
  /** Tasks that wait inside a thread while it does another, so that it never waits for us; one at a time when absent. */
  readonly ahead?: number
  /** How much memory objects that may die soon have in each thread, MB; what Node gives when absent. */
  readonly youngMB?: number
}

/**
 * What threads that simulate want: twice what Node gives. A simulation makes two megabytes a simulated second, nearly all of
 * which are dead soon; the fewer collections, the less is alive at one and must be copied. It spares a tenth of the time.
 */
export const SIMULATING: Pick<ThreadPoolOptions, 'youngMB'> = {youngMB: 96}

/**
 * How long a thread that has nothing to do is kept, ms. Tinypool ends it at once, and starting another takes as long as a few hundred small
 * simulations: who asks for one thing after another would wait for that each time.
 */
const KEPT_IDLE_MS = 60_000

/** A failure with words for the user on its way out of a thread: an error would lose all but its message. */
export interface Refusal {
  readonly refusedInThread: {readonly message: string; readonly exitCode: ExitCode; readonly hints: readonly string[]}
}

/** What a thread does: what it refuses in words is refused in the same words where it was asked. */
export function inThread<Job, Answer>(
  work: (job: Job) => Answer | Promise<Answer>,
): (job: Job) => Promise<Answer | Refusal> {
  return async (job) => {
    try {
      return await work(job)
    } catch (error) {
      if (!(error instanceof ChaosError)) throw error
      const {message, exitCode, hints} = error
      return {refusedInThread: {message, exitCode, hints}}
    }
  }
}

/** A thread needed more memory than there is for it: its work is lost, that of others is not. */
export class OutOfMemory extends EnvironmentError {
  override name = 'OutOfMemory'
  constructor(cause: unknown, who = 'A thread') {
    super(
      `${who} ran out of memory.`,
      [
        'Give it more, in megabytes: NODE_OPTIONS=--max-old-space-size=8192',
        'or ask for less at once: fewer nodes, a lower rate, a shorter time, fewer threads.',
      ],
      cause,
    )
  }
}

class Threads extends Tinypool {
  override async run(...args: Parameters<Tinypool['run']>): Promise<unknown> {
    const answer: unknown = await super.run(...args).catch((died: unknown) => {
      throw (died as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new OutOfMemory(died) : died
    })
    const {refusedInThread: refused} = Object(answer) as Partial<Refusal>
    if (refused === undefined) return answer
    throw new ChaosError(refused.message, refused.exitCode, refused.hints)
  }

  /**
   * Resolves once every thread has ended, also where one dies of something by itself just then. (Tinypool waits with `once` for
   * workers that lack the `removeListener` that this calls on such an error: a TypeError where nobody can catch it.)
   */
  override async destroy(): Promise<void> {
    const ended: Promise<void>[] = []
    for (const worker of this.threads as unknown as Ending[]) {
      ended.push(new Promise((resolve) => worker.once('exit', () => resolve())))
      worker.removeListener ??= (event, listener) => worker.thread.removeListener(event, listener)
    }
    await super.destroy().catch(() => {})
    await Promise.all(ended)
  }
}

/** A worker of Tinypool, as far as its end goes. */
interface Ending {
  readonly thread: Worker
  once(event: 'exit', listener: () => void): unknown
  removeListener?(event: string, listener: (...args: unknown[]) => void): unknown
}

/**
 * A pool whose threads run the default export of the program `name` beside the module at `url` (its `import.meta.url`). Close
 * it with `destroy`.
 */
export function threadPool(url: string, name: string, {threads, ahead = 1, youngMB}: ThreadPoolOptions): Tinypool {
  return new Threads({
    filename: entryOf(programBeside(url, name), url),
    minThreads: 0,
    maxThreads: Math.max(1, threads),
    idleTimeout: KEPT_IDLE_MS,
    concurrentTasksPerWorker: ahead,
    ...(youngMB === undefined ? {} : {resourceLimits: {maxYoungGenerationSizeMb: youngMB}}),
  })
}

/** Built, the program is imported as it is; from the sources, tsx has to be registered inside the thread first. */
function entryOf({path, nodeArguments}: Program, url: string): string {
  const program = pathToFileURL(path).href
  if (nodeArguments.length === 0) return program
  const tsx = new URL('./esm/api/index.mjs', pathToFileURL(createRequire(url).resolve('tsx'))).href
  const source = `import {register} from ${JSON.stringify(tsx)}; register(); const program = await import(${JSON.stringify(program)}); export default program.default`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
