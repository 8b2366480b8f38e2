/**
 * How the process ends. Whatever ends it otherwise than `main` does would say something with its exit code that nobody meant:
 * Node's 1 for an error that nobody caught is *a promise was broken* here, and a `process.exit()` in somebody's client, or in
 * a library of it, is *passed*.
 */
import {EXIT, type ExitCode} from '../../core/error.ts'

let meant = false

/** Ends the process now. */
export function leave(code: ExitCode): never {
  meant = true
  process.exit(code)
}

/** Says so, with an exit code of its own, should the process end before `done` was called. `stray` tells what nobody caught. */
export function watchLeaving(stray: (thrown: unknown) => ExitCode): {done(): void} {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => leave(stray(thrown)))
  }
  const early = (code: number) => {
    if (meant) return
    // Node's 13: there is nothing left to wait for, and somebody waits.
    const why = code === 13 ? 'nothing was left to wait for' : 'process.exit was called, perhaps in a module of yours'
    process.stderr.write(` ›  The process ended before its command was done: ${why}.\n`)
    process.exitCode = code === 13 ? EXIT.bug : EXIT.environment
  }
  process.once('exit', early)
  return {
    done() {
      process.off('exit', early)
    },
  }
}

/** One stream of the terminal: a reader that went away is no failure, and what cannot be written otherwise is said once. */
export function watchStream(stream: NodeJS.WriteStream, failed: (error: NodeJS.ErrnoException) => void): void {
  // oclif has a listener of its own, which lets everything but a closed pipe crash.
  stream.removeAllListeners('error')
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failed(error)
    // A reader that went away (`chaos check FILE | head -1`) is no failure of ours, and no reason to end with a 0 either: the
    // command goes on in silence, and its exit code says what it found.
    stream.write = () => true
  })
}
