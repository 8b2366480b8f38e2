/**
 * Exercise: was anything tested at all? The guard against empty success.
 *
 * *Unknown* where: there are no operations; nothing that changes state ever succeeded; nothing was ever read; a kind of
 * fault that was asked for never struck, was never seen by its probe to take effect, or never overlapped an operation.
 * Never *invalid*: a bad test is no bug of the system under test.
 *
 * Proves: that those things were done. Cannot see: whether they were the ones that would have shown the bug.
 */

import type {Checker} from '../../core/checker.ts'
import type {FaultWindow, History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import type {FaultExercise} from '../../core/verdict-detail.ts'
import {verdictOf} from '../findings/finding.ts'
import {Timetable} from './availability.ts'

export interface ExerciseOptions {
  /** Faults that were asked for; each must have struck. Those found in the history are judged in any case. */
  readonly faults?: readonly string[]
  /** Functions that only read. Everything else changes state. */
  readonly reads?: readonly string[]
}

export function exercise(options: ExerciseOptions = {}): Checker {
  const reads = new Set(options.reads ?? ['read', 'get'])
  return {
    name: 'exercise',
    description: 'something was really tested: operations succeeded, and every fault took effect while some ran',
    check(history) {
      const {operations} = history
      const faults = faultTable(history, options.faults ?? [])
      const problems = [...emptiness(operations, reads), ...faultProblems(faults)]
      const verified = history.faults.filter((fault) => fault.verified).length
      const idle = history.faults.filter((fault) => fault.vacuous && !fault.verified).length
      return verdictOf({
        checker: 'exercise',
        property: 'something was really tested',
        kind: 'exercise',
        summary: `${counted(operations.length, 'operation')}, ${verified}/${history.faults.length} faults verified${idle === 0 ? '' : `, ${idle} struck nobody that ran`}`,
        reason: problems.length === 0 ? undefined : problems.join(' '),
        measures: {faults: history.faults.length, verifiedFaults: verified},
        detail: {faults, problems},
      })
    },
  }
}

function emptiness(operations: Sequence<Operation>, reads: ReadonlySet<string>): string[] {
  if (operations.length === 0) return ['There are no operations.']
  const succeeded = operations.filter(({outcome}) => outcome === 'ok')
  if (succeeded.length === 0) {
    return [`None of ${counted(operations.length, 'operation')} succeeded${mostOften(operations)}.`]
  }
  const problems: string[] = []
  const changes = operations.filter(({f}) => !reads.has(f))
  if (changes.length > 0 && changes.every(({outcome}) => outcome !== 'ok')) {
    problems.push(`None of ${counted(changes.length, 'write')} succeeded${mostOften(changes)}.`)
  }
  const asked = operations.filter(({f}) => reads.has(f))
  if (asked.length > 0 && asked.every(({outcome}) => outcome !== 'ok')) {
    problems.push(`None of ${counted(asked.length, 'read')} succeeded${mostOften(asked)}.`)
  }
  return problems
}

/** Longer texts of errors are cut, characters. */
const ERROR_LENGTH = 160

/** What they ended with most often, as far as it was a text. */
function mostOften(operations: Sequence<Operation>): string {
  const counts = new Map<string, number>()
  for (const {completion} of operations) {
    const error = completion?.error
    if (typeof error === 'string' && error !== '') counts.set(error, (counts.get(error) ?? 0) + 1)
  }
  const [error] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0])
  if (error === '') return ''
  const line = error.replaceAll(/\s+/g, ' ')
  return `: most often ${JSON.stringify(line.length > ERROR_LENGTH ? `${line.slice(0, ERROR_LENGTH)}…` : line)}`
}

/** Faults that never struck have nothing more to tell than their names: one sentence for all of them. */
function faultProblems(faults: readonly FaultExercise[]): string[] {
  const absent = faults.filter(({struck}) => struck === 0).map(({fault}) => fault)
  const rest = faults.filter(({struck}) => struck > 0).flatMap(({problem}) => problem ?? [])
  if (absent.length < 2) return faults.flatMap(({problem}) => problem ?? [])
  const names = `${absent.slice(0, -1).join(', ')} and ${absent.at(-1)}`
  return [`The faults ${names} were asked for but never struck.`, ...rest]
}

/** A fault that took longer than this to take hold had been waiting for nodes which other faults had struck, s. */
const LONG_S = 1

/** Why a fault that was seen met nobody, where it had waited so long that the clients had ended meanwhile. */
function tooLate(verified: readonly FaultWindow[]): string {
  const waitedS = Math.min(...verified.map(({askedNs, startNs}) => (startNs - askedNs) / 1e9))
  return waitedS < LONG_S
    ? ''
    : `: it was seen only ${waitedS.toFixed(1)} s after it was asked for, when no client ran any more`
}

function faultTable(history: History, requested: readonly string[]): FaultExercise[] {
  const asked = new Map<string, number>(requested.map((fault) => [fault, 0]))
  const pending = new Set<string>()
  for (const {process, f} of history.ops) {
    // Each nemesis op comes twice, when asked for and when done.
    if (typeof process === 'number' || pending.delete(process)) continue
    pending.add(process)
    if (!f.startsWith('start-')) continue
    const fault = f.slice('start-'.length)
    asked.set(fault, (asked.get(fault) ?? 0) + 1)
  }
  const timetable = new Timetable(history.operations)
  const anyVerified = history.faults.some(({verified}) => verified)
  return [...asked.keys()].sort().map((fault) => {
    const windows = history.faults.filter((window) => window.fault === fault)
    const verified = windows.filter((window) => window.verified)
    const overlapping = verified.filter((window) => {
      const {ok, fail, info} = timetable.share(window)
      return ok + fail + info > 0
    })
    const counts = {fault, asked: asked.get(fault) as number, struck: windows.length, verified: verified.length}
    // What other faults left nothing to strike says nothing against the test, as long as those were seen.
    const idle = anyVerified && windows.length > 0 && windows.every(({vacuous}) => vacuous)
    const problem =
      windows.length === 0
        ? `The fault ${fault} was asked for but never struck.`
        : idle
          ? undefined
          : verified.length === 0
            ? `The fault ${fault} was never seen to take effect${windows[0]?.proof ? ` (${windows[0].proof})` : ''}.`
            : overlapping.length === 0
              ? `The fault ${fault} never overlapped an operation${tooLate(verified)}.`
              : undefined
    return {...counts, overlapping: overlapping.length, ...(problem === undefined ? {} : {problem})}
  })
}
