/**
 * Runs that `--fail-fast` ended early. The record is judged whole, as any other. But that clients and faults did not have
 * their full time is our doing: what was not exercised, not recovered or not fast enough by then is *unknown*. The violation
 * decides.
 */
import {EXIT} from '../core/error.ts'
import type {Key, Op} from '../core/op.ts'
import {type Judgement, judge, type Verdict} from '../core/verdict.ts'
import type {Breach} from '../core/watch.ts'

/** Stands in `run.json`. */
export interface Stopped {
  /** How long clients had been running, ms, and how long they were to run. */
  readonly afterMs: number
  readonly ofMs: number
  /** How old the proof was by then, ms: the time since its last op was recorded. */
  readonly proofAgeMs: number
  /** The op at which it showed, the object, and what it was, in words. */
  readonly index: number
  readonly key?: Key
  readonly sentence: string
}

/** A run that this breach ends now; times are those of the record. */
export function stoppedBy(breach: Breach, ops: readonly Op[], startNs: number, nowNs: number, ofMs: number): Stopped {
  const {index, key, sentence} = breach
  const proofAgeMs = (nowNs - (ops[index] as Op).timeNs) / 1e6
  return {afterMs: (nowNs - startNs) / 1e6, ofMs, proofAgeMs, index, ...(key === undefined ? {} : {key}), sentence}
}

/** `stopped after 7.3 s of 30 s: proof found` */
export function stoppedWords({afterMs, ofMs}: Pick<Stopped, 'afterMs' | 'ofMs'>): string {
  return `stopped after ${(afterMs / 1000).toFixed(1)} s of ${ofMs / 1000} s: proof found`
}

/**
 * The judgement of a run that was stopped. A proof is a proof: should the whole record say that all is well, one of our
 * checkers is wrong, and that is told as the bug it is. Should it say nothing (its time ran out), the run is unknown.
 */
export function judgeStopped(found: readonly Verdict[], stopped: Stopped): Judgement {
  const verdicts = found.map(excuse)
  const safety = verdicts.filter(({kind}) => kind === 'safety')
  if (safety.some(({validity}) => validity === 'invalid')) return judge(verdicts, '')
  const told = `While the run went on this was proved: ${stopped.sentence}.`
  if (safety.some(({validity}) => validity === 'unknown')) {
    const reason = `${told} The check of the whole record came to no end: give it more time (--check-timeout).`
    return judge([unconfirmed(reason), ...verdicts], '')
  }
  const reason = `${told} The check of the whole record denies it. One of the two is wrong: this is a bug in chaos, please report it with history.jsonl.`
  return {...judge([unconfirmed(reason), ...verdicts], ''), exitCode: EXIT.bug, sentence: reason}
}

/** What is no safety property and does not hold may owe that to the early end. */
function excuse(verdict: Verdict): Verdict {
  if (verdict.kind === 'safety' || verdict.validity === 'valid') return verdict
  const why = verdict.anomalies[0]?.sentence ?? verdict.reason ?? verdict.summary
  return {...verdict, validity: 'unknown', anomalies: [], reason: `The run was stopped early: ${why}`}
}

function unconfirmed(reason: string): Verdict {
  return {
    checker: 'fail-fast',
    property: 'the proof that ended the run is confirmed',
    kind: 'safety',
    validity: 'unknown',
    summary: 'not confirmed',
    anomalies: [],
    reason,
  }
}
