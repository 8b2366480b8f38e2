/** What every command knows of the terminal it was typed into. */
import {wallClock} from '../../core/clock.ts'
import type {ReporterContext} from '../reporters/reporter.ts'
import {Style, wantsColor} from './style.ts'

export interface TerminalFlags {
  readonly 'no-color'?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export function reporterContext(flags: TerminalFlags): ReporterContext {
  const {env, stdout, stderr} = process
  const forbidden = flags['no-color'] === true
  return {
    out: (text) => stdout.write(text),
    err: (text) => {
      if (flags.quiet !== true) stderr.write(text)
    },
    style: new Style(wantsColor(stdout, env, forbidden)),
    live: stderr.isTTY === true && env['CI'] === undefined && flags.quiet !== true,
    columns: stderr.columns ?? 80,
    clock: wallClock(),
    env,
    verbose: flags.verbose === true,
  }
}

/** An abort signal that Ctrl-C and SIGTERM trip, and which of them did. A second one is left to the system. */
export interface Interrupts {
  readonly signal: AbortSignal
  /** 130 or 143 once interrupted. */
  exitCode(): 130 | 143 | undefined
  dispose(): void
}

export function watchInterrupts(): Interrupts {
  const controller = new AbortController()
  let code: 130 | 143 | undefined
  const on = (signal: NodeJS.Signals, exitCode: 130 | 143) => () => {
    code ??= exitCode
    controller.abort(new Error(signal === 'SIGINT' ? 'Interrupted.' : 'Terminated.'))
  }
  const handlers = [
    ['SIGINT', on('SIGINT', 130)],
    ['SIGTERM', on('SIGTERM', 143)],
    ['SIGHUP', on('SIGHUP', 143)],
  ] as const
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose() {
      for (const [signal, handler] of handlers) process.off(signal, handler)
    },
  }
}
