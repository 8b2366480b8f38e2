/** Several reporters as one. */
import type {Reporter} from './reporter.ts'

/** Calls each reporter in turn. Ops are only passed on if somebody listens: there may be very many. */
export function fanOut(reporters: readonly Reporter[]): Reporter {
  const listeners = reporters.filter((reporter) => reporter.recorded !== undefined)
  return {
    started: (facts) => {
      for (const reporter of reporters) reporter.started?.(facts)
    },
    phaseBegan: (phase) => {
      for (const reporter of reporters) reporter.phaseBegan?.(phase)
    },
    phaseEnded: (phase, detail, tookMs) => {
      for (const reporter of reporters) reporter.phaseEnded?.(phase, detail, tookMs)
    },
    progressed: (progress) => {
      for (const reporter of reporters) reporter.progressed?.(progress)
    },
    warned: (line) => {
      for (const reporter of reporters) reporter.warned?.(line)
    },
    ended: (ending) => {
      for (const reporter of reporters) reporter.ended?.(ending)
    },
    ...(listeners.length === 0
      ? {}
      : {
          recorded: (op) => {
            for (const reporter of listeners) reporter.recorded?.(op)
          },
        }),
  }
}
