/** Reporters for programs: `json` prints one document at the end, `ndjson` one event a line while the run goes on. */
import {resultDocument} from './ended.ts'
import type {Reporter, ReporterContext} from './reporter.ts'

/** JSON of anything a result may hold: big integers become text, which every reader keeps, and sets `{"#set": […]}`. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, field: unknown) => plain(field), indent)
}

function plain(field: unknown): unknown {
  if (typeof field === 'bigint') return String(field)
  return field instanceof Set ? {'#set': [...field]} : field
}

export function jsonReporter({out}: ReporterContext): Reporter {
  return {ended: (ending) => out(`${toJson(resultDocument(ending), 2)}\n`)}
}

export function ndjsonReporter({out}: ReporterContext): Reporter {
  const say = (event: string, fields: object) => out(`${toJson({event, ...fields})}\n`)
  return {
    started: (facts) => say('started', {facts}),
    phaseBegan: (phase) => say('phase-began', {phase}),
    phaseEnded: (phase, detail, tookMs) => say('phase-ended', {phase, detail, tookMs}),
    progressed: (progress) => say('progress', progress),
    recorded: (op) => say('op', {op}),
    warned: (line) => say('warning', {line}),
    ended: (ending) => say('ended', {result: resultDocument(ending)}),
  }
}
