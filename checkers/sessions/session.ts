/**
 * Checkers of the session models: one for each of `SESSION_MODELS`; see `models.ts` for what each demands.
 *
 * Proves, where it convicts: no order of the writes explains what this process read under the model. Cannot see: anything
 * that depends on real time (a client that reads the distant past, in order, is fine with all of them), nor the order of
 * writes that nobody read. Complete for histories of reads and unique writes; compare-and-set counts as a read and a write.
 */

import {type Checker, UNLIMITED} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {keyWords, verdictOf, witnessOf} from '../findings/finding.ts'
import {type Access, type Accesses, accessesOf, isRegisterLike} from './accesses.ts'
import {breachOf, SESSION_MODELS, type SessionBreach, type SessionModel} from './models.ts'

export interface SessionOptions {
  /** Judge each key by itself instead of all together: weaker, and what some stores promise. */
  readonly perObject?: boolean
}

const ANOMALY: Readonly<Record<SessionModel, string>> = {
  'monotonic-reads': 'non-monotonic-read',
  'read-your-writes': 'own-write-missed',
  'monotonic-writes': 'non-monotonic-write',
  'writes-follow-reads': 'write-before-its-read',
  pram: 'pram-violation',
  causal: 'causal-violation',
}

/** A checker of one model. It throws UsageError where written values are not unique. */
export function session(model: SessionModel, options: SessionOptions = {}): Checker {
  const {perObject = false} = options
  const title = `${SESSION_MODELS[model]}${perObject ? ', each object by itself' : ''}`
  return {
    name: model,
    description: `registers: ${title}`,
    check(history, {budget = UNLIMITED} = {}) {
      if (!isRegisterLike(history)) return unfit(model, title)
      const parts = perObject ? [...history.byKey().keys()].map((key) => history.forKey(key)) : [history]
      const spent = () => budget.exceeded() !== undefined
      const anomalies: Anomaly[] = []
      let reads = 0
      let halted = false
      for (const part of parts) {
        const accesses = accessesOf(part)
        reads += accesses.reads
        for (const found of thinAir(accesses)) anomalies.push(found)
        const breach = breachOf(model, accesses, spent)
        if (breach === 'unknown') halted = true
        else if (breach !== undefined) anomalies.push(anomalyOf(model, breach, accesses.all))
      }
      return verdictOf({
        checker: model,
        property: title,
        kind: 'safety',
        summary: `${counted(history.byProcess().size, 'process')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: reads === 0 ? 'No read succeeded.' : halted ? `Stopped after ${budget.exceeded()}.` : undefined,
      })
    },
  }
}

/** Whether a history keeps a model; undefined where the budget ended first. Throws UsageError as `session` does. */
export function keeps(model: SessionModel, history: History, spent?: () => boolean): boolean | undefined {
  const accesses = accessesOf(history)
  if (accesses.thinAir.length > 0) return false
  const breach = breachOf(model, accesses, spent)
  return breach === 'unknown' ? undefined : breach === undefined
}

function unfit(model: SessionModel, title: string) {
  return verdictOf({
    checker: model,
    property: title,
    kind: 'safety',
    summary: 'not registers',
    reason: 'Session models are judged on reads, writes and compare-and-sets only.',
  })
}

/** Reads of what nobody wrote break every model. */
export function thinAir({thinAir: found}: Accesses): Anomaly[] {
  return found.map(({read, failed}) => ({
    type: failed === undefined ? 'phantom-read' : 'failed-write-visible',
    sentence: `Process ${read.process} read ${named(read)}, ${failed === undefined ? 'which nobody wrote' : 'whose write had failed'}.`,
    ...keyOf(read.key),
    witness: witnessOf(read.operation, failed),
  }))
}

/** A breach in words. */
export function anomalyOf(
  model: SessionModel,
  {process, contradiction}: SessionBreach,
  all: readonly Access[],
): Anomaly {
  const reported = SESSION_MODELS[model]
  if (contradiction.kind === 'initial') {
    const {read, write, path} = contradiction
    return {
      type: ANOMALY[model],
      sentence: `Process ${process} read nothing${read.key === undefined ? '' : ` from ${read.key}`}, although the write of ${named(write)} comes before: ${reported} is broken.`,
      ...keyOf(read.key),
      witness: witnessOf(...operationsOf([...path, read])),
      why: steps(path, all, process),
    }
  }
  const sentence = `No order of the writes explains what process ${process} read: ${reported} is broken.`
  return cycleAnomaly(ANOMALY[model], contradiction.cycle, all, sentence, process)
}

/** A circle of accesses that must each come before the next. */
export function cycleAnomaly(
  type: string,
  cycle: readonly Access[],
  all: readonly Access[],
  sentence: string,
  process?: Access['process'],
): Anomaly {
  const circle = cycle.length === 0 ? [] : [...cycle, cycle[0] as Access]
  const readers = pairsOf(circle).flatMap(([earlier, later]) => readersOf(earlier, later, all) ?? [])
  return {
    type,
    sentence,
    ...keyOf(sharedKey(cycle)),
    witness: witnessOf(...operationsOf([...cycle, ...readers])),
    why: steps(circle, all, process),
    detail: {cycle: cycle.map(({operation}) => operation.invoke.index)},
  }
}

function operationsOf(accesses: readonly Access[]): Operation[] {
  return accesses.flatMap((access) =>
    access.from === undefined ? [access.operation] : [access.operation, access.from.operation],
  )
}

function pairsOf(path: readonly Access[]): [Access, Access][] {
  return path.slice(1).map((later, i) => [path[i] as Access, later])
}

/** Each access before the next, and why. */
function steps(path: readonly Access[], all: readonly Access[], process: Access['process'] | undefined): string[] {
  return pairsOf(path)
    .filter(([earlier, later]) => earlier.operation !== later.operation)
    .map(
      ([earlier, later]) =>
        `${deed(earlier)} comes before ${deed(later)}: ${reason(earlier, later, readersOf(earlier, later, all), process)}`,
    )
}

/** Reads that are looked at for the reason of one step. */
const SIGHTS = 8

/**
 * Two writes of a key are in order where one process read the one and then the other (or wrote the one itself): those two
 * accesses. Undefined where it takes more to see it.
 */
function readersOf(earlier: Access, later: Access, all: readonly Access[]): readonly [Access, Access] | undefined {
  if (earlier.kind !== 'write' || later.kind !== 'write' || earlier.key !== later.key) return undefined
  if (earlier.process === later.process && earlier.id < later.id) return undefined
  const sights = all.filter((access) => access.kind === 'read' && access.from === later).slice(0, SIGHTS)
  for (const sight of sights) {
    const before = all.find(
      (access) =>
        access.process === sight.process && access.id < sight.id && (access === earlier || access.from === earlier),
    )
    if (before !== undefined) return [before, sight]
  }
  return undefined
}

function reason(
  earlier: Access,
  later: Access,
  readers: readonly [Access, Access] | undefined,
  process: Access['process'] | undefined,
): string {
  if (later.kind === 'read' && later.from?.operation === earlier.operation) return 'that is the write it saw'
  if (earlier.process === later.process && earlier.id < later.id) {
    return `process ${earlier.process} did them in this order`
  }
  if (readers !== undefined) {
    const [before, sight] = readers
    const did = before.kind === 'read' ? 'read' : 'wrote'
    return `process ${sight.process} ${did} ${named(before)} (#${before.operation.invoke.index}) and then read ${named(sight)} (#${sight.operation.invoke.index})`
  }
  if (earlier.kind === 'write' && later.kind === 'write' && earlier.key === later.key) {
    return process === undefined
      ? 'it comes before a read that saw the other'
      : `it comes before a read of process ${process} that saw the other`
  }
  if (earlier.kind === 'read' && later.kind === 'write') return 'the read did not see that write or anything after it'
  return 'the model demands it'
}

function deed({kind, process, operation, ...access}: Access): string {
  return `${kind === 'read' ? 'the read' : 'the write'} of ${named(access)} by process ${process} (#${operation.invoke.index})`
}

function named({key, value}: Pick<Access, 'key' | 'value'>): string {
  return key === undefined ? showValue(value) : `${keyWords(key)} = ${showValue(value)}`
}

function sharedKey(accesses: readonly Access[]): Key | undefined {
  const keys = new Set(accesses.map(({key}) => key))
  return keys.size === 1 ? accesses[0]?.key : undefined
}

function keyOf(key: Key | undefined): {key?: Key} {
  return key === undefined ? {} : {key}
}
