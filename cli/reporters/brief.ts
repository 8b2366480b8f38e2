/** Reporters for pipes and agents: `minimal` says the verdict in a line or two, `dot` adds a character for each phase. */
import {describeEnding} from './ended.ts'
import type {Reporter, ReporterContext} from './reporter.ts'

export function minimalReporter({out}: ReporterContext): Reporter {
  return {ended: (ending) => out(`${describeEnding(ending).join('\n')}\n`)}
}

export function dotReporter({out, err}: ReporterContext): Reporter {
  let ticks = 0
  return {
    phaseEnded: () => err('.'),
    progressed: () => {
      if (++ticks % 25 === 0) err('.')
    },
    ended(ending) {
      err('\n')
      out(`${describeEnding(ending).join('\n')}\n`)
    },
  }
}
