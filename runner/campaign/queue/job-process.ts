/**
 * A process that does jobs, one after another, spoken to over IPC. Jobs get a process of their own so that one that dies, or
 * that keeps its processor busy for seconds, harms neither the campaign nor a broker's leases.
 */
import {execaNode} from 'execa'
import type {Program} from '../../../net/toxiproxy/program.ts'
import type {Delivery} from './engine.ts'
import type {QueueJob} from './jobs.ts'

/** What it is told. */
export type ToJobProcess = {readonly perform: QueueJob} | {readonly stop: true}
/** What it says. `broken` is a bug of ours, as text. */
export type FromJobProcess = {readonly delivery: Delivery} | {readonly broken: string}

export class JobProcess {
  readonly #child: ReturnType<typeof launch>

  /** Starts it: `program` is one that calls `serveJobs`. */
  constructor(program: Program, words: readonly string[]) {
    this.#child = launch(program, words)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Undefined where the process ended before the job did. Throws what is a bug of ours. */
  async perform(job: QueueJob, signal: AbortSignal): Promise<Delivery | undefined> {
    const stop = () => void this.#tell({stop: true})
    signal.addEventListener('abort', stop, {once: true})
    try {
      if (!(await this.#tell({perform: job}))) return undefined
      const answer = await this.#hear()
      if (answer !== undefined && 'broken' in answer) throw new Error(answer.broken)
      return answer?.delivery
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Ends it, and resolves when it has ended. */
  async close(): Promise<void> {
    this.#child.disconnect?.()
    await this.#child
  }

  async #tell(message: ToJobProcess): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.#child.connected) resolve(false)
      else this.#child.send(message, (error) => resolve(error === null))
    })
  }

  async #hear(): Promise<FromJobProcess | undefined> {
    const child = this.#child
    return new Promise((resolve) => {
      const end = (answer?: FromJobProcess) => {
        child.off('message', end)
        child.off('exit', gone)
        resolve(answer)
      }
      const gone = () => end()
      child.on('message', end)
      child.once('exit', gone)
      if (child.exitCode !== null || child.signalCode !== null) end()
    })
  }
}

function launch({path, nodeArguments}: Program, words: readonly string[]) {
  return execaNode(path, words, {
    nodeOptions: nodeArguments,
    ipc: true,
    stdout: 'ignore',
    stderr: 'inherit',
    reject: false,
    // A group of its own: Ctrl-C in the terminal is for the campaign, which tells its workers.
    detached: true,
    cleanup: true,
  })
}

/** Does what it is told until whoever told it is gone. Call it once, in the program that `JobProcess` starts. */
export function serveJobs(perform: (job: QueueJob, signal: AbortSignal) => Promise<Delivery>): void {
  const gone = new AbortController()
  let underWay: Promise<void> | undefined
  const say = (message: FromJobProcess) => {
    if (process.connected) process.send?.(message)
  }
  process.on('message', (message: ToJobProcess) => {
    if ('stop' in message) gone.abort(new Error('Interrupted.'))
    else {
      underWay = perform(message.perform, gone.signal).then(
        (delivery) => say({delivery}),
        (error: unknown) => say({broken: error instanceof Error ? (error.stack ?? error.message) : String(error)}),
      )
    }
  })
  // Whoever gave us the job has ended, however that came about: so do we, with all that we started.
  process.once('disconnect', () => {
    gone.abort(new Error('Interrupted.'))
    void Promise.resolve(underWay).finally(() => process.exit(0))
  })
}
