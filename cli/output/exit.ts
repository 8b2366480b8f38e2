/** From a judgement to the exit code of the command, as the operator wants it read. */
import {EXIT, type ExitCode} from '../../core/error.ts'
import type {Judgement} from '../../core/verdict.ts'

export type Expectation = 'pass' | 'violation' | 'any'
export type UnknownAs = 'pass' | 'fail' | 'unknown'

/**
 * `expect violation` turns 0 and 1 around (a canary that was not caught is a failure); `any` accepts both. `unknownAs`
 * says what an inconclusive run counts as.
 */
export function exitCodeOf(judgement: Judgement, expect: Expectation, unknownAs: UnknownAs): ExitCode {
  const code = judgement.exitCode
  if (code === EXIT.inconclusive) {
    return unknownAs === 'pass' ? EXIT.pass : unknownAs === 'fail' ? EXIT.violation : EXIT.inconclusive
  }
  if (expect === 'pass') return code
  const violated = code === EXIT.violation || code === EXIT.liveness
  if (expect === 'any') return violated ? EXIT.pass : code
  return violated ? EXIT.pass : EXIT.violation
}
