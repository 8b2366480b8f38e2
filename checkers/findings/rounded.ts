/**
 * Numbers beyond 2^53 that a client may have rounded: many clients of databases do (mysql2 3.24, ioredis 6.0, node-redis 6.3,
 * whatever uses JSON.parse). Two different numbers then arrive as one, or one arrives as another that nobody wrote, and a
 * correct database would be accused of duplicates, phantoms and losses. So what rests on such answers convicts only where the
 * record shows that its client does not round: where some answer beyond 2^53 is one that no rounding gives.
 *
 * Told here once, of the verdicts of all checkers. Doubted is an anomaly that has such an answer in its witness.
 */
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {isMap} from '../../core/value.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'

/** Whether a number beyond 2^53 reads as JavaScript prints a rounded one; undefined for all other values. */
export function mayBeRounded(value: unknown): boolean | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? true : undefined
  if (typeof value !== 'bigint' || Number.isSafeInteger(Number(value))) return undefined
  return `${Number(value)}` === `${value}`
}

/** What is to be said of doubted findings, after the first one's sentence. */
export function doubts({sentence}: Anomaly, others: number): string {
  const more = others === 0 ? '' : ` So it is with ${others} more.`
  return (
    `${sentence} But it rests on a number beyond 2^53, and all of these that were answered are such as JavaScript rounds to: ` +
    `the client may have rounded different numbers to one.${more} Have it return them as text or bigint.`
  )
}

/** The verdict without what rounding may have made; unknown where nothing else speaks against the history. */
export function withoutRounded(history: History, verdict: Verdict): Verdict {
  if (verdict.validity !== 'invalid' || verdict.kind !== 'safety') return verdict
  const doubted = verdict.anomalies.filter(({witness}) => witness.some((index) => isRounded(history, index)))
  const [first] = doubted
  if (first === undefined || isExact(history)) return verdict
  const anomalies = verdict.anomalies.filter((anomaly) => !doubted.includes(anomaly))
  if (anomalies.length > 0) return {...verdict, anomalies}
  const {detail: _, measures: __, ...rest} = verdict
  return {...rest, validity: 'unknown', anomalies, reason: doubts(first, doubted.length - 1)}
}

function isRounded(history: History, index: number): boolean {
  const operation = history.operationWith(index)
  return operation?.outcome === 'ok' && some(operation.output, (value) => mayBeRounded(value) === true)
}

/** Whether an answer beyond 2^53 was not rounded. What merely repeats the question says nothing of the client. */
function isExact(history: History): boolean {
  return history.operations.some(
    (operation) =>
      operation.outcome === 'ok' &&
      some(operation.output, (value) => mayBeRounded(value) === false && !wasAsked(operation, value)),
  )
}

function wasAsked({input}: Operation, answered: unknown): boolean {
  return some(input, (value) => value === answered)
}

/** Whether a number within a value is such. */
function some(value: unknown, holds: (number: unknown) => boolean): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return holds(value)
  if (Array.isArray(value)) return value.some((part) => some(part, holds))
  if (value instanceof Set) return [...value].some((part) => some(part, holds))
  return isMap(value) && Object.values(value).some((part) => some(part, holds))
}
