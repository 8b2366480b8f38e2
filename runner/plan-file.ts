/**
 * `plan.json`: one operation and one fault a line, so that two plans can be compared with `diff`. Equal plans are equal
 * byte for byte.
 */
import {messageOf, UsageError} from '../core/error.ts'
import type {PlannedFault} from '../core/nemesis.ts'
import type {Json} from '../core/node.ts'
import {HELD, type Plan, type PlannedOperation, READABLE_PLANS} from './plan.ts'

/** The text of `plan.json`. */
export function writePlan(plan: Plan): string {
  const {format, seed, options, faults, operations, unbounded} = plan
  return `${[
    '{',
    `"format":${JSON.stringify(format)},`,
    `"seed":${JSON.stringify(seed)},`,
    `"options":${JSON.stringify(options)},`,
    ...(unbounded ? ['"unbounded":true,'] : []),
    `"faults":[${lines(faults)}],`,
    `"operations":[${lines(operations)}]`,
    '}',
  ].join('\n')}\n`
}

/** Reads `plan.json`. Throws UsageError, naming `file`, where it is not a plan that we know. */
export function parsePlan(text: string, file = 'plan.json'): Plan {
  let data: Partial<Plan>
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${messageOf(error)}`)
  }
  const {format, seed, options, faults, operations} = data ?? {}
  if (format === undefined || !READABLE_PLANS.includes(format)) {
    const expected = READABLE_PLANS.map((known) => `"${known}"`).join(' or ')
    throw new UsageError(`${file} is not a plan: "format" is ${show(format)}`, [`Expected: ${expected}`])
  }
  if (typeof seed !== 'string') throw wrong(file, 'seed', 'a string', seed)
  if (!isTime(options?.timeMs) || options.timeMs === 0) {
    throw wrong(file, 'options.timeMs', 'a number of milliseconds above 0', options?.timeMs)
  }
  for (const [name, [words, fits]] of Object.entries(OPTIONS)) {
    const value = options[name]
    if (value !== undefined && !fits(value)) throw wrong(file, `options.${name}`, `${words}, or nothing`, value)
  }
  if (data.unbounded !== undefined && typeof data.unbounded !== 'boolean') {
    throw wrong(file, 'unbounded', 'true, false or nothing', data.unbounded)
  }
  if (!Array.isArray(faults)) throw wrong(file, 'faults', 'a list', faults)
  if (!Array.isArray(operations)) throw wrong(file, 'operations', 'a list', operations)
  for (const [i, fault] of faults.entries()) checkFault(fault, `faults[${i}]`, file)
  for (const [i, operation] of operations.entries()) checkOperation(operation, `operations[${i}]`, file)
  checkOrder(faults, operations, file)
  return {format, seed, options, faults, operations, unbounded: data.unbounded === true}
}

const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= 1

/** What each option that we know has to be where a plan says it, in words and as a test. */
const OPTIONS: Readonly<Record<string, readonly [string, (value: Json) => boolean]>> = {
  target: ['a name', isText],
  workload: ['a name', isText],
  bugs: ['a list of names', (value) => Array.isArray(value) && value.every(isText)],
  nodes: [
    'a list of names, each once',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length,
  ],
  keys: ['a count, at least 1', isCount],
  concurrency: ['a count, at least 1', isCount],
  ratePerS: ['a number above 0, null', (value) => value === null || (isTime(value) && value > 0)],
  settleMs: ['a number of milliseconds, at least 0', isTime],
  chance: [`"${HELD.chance}"`, (value) => value === HELD.chance],
}

const FAULT = ['startMs', 'stopMs', 'spec']
const OPERATION = ['atMs', 'f', 'key', 'value', 'thread']

/** A name with a slip in it would otherwise be left out without a word. */
function checkFields(item: object, known: readonly string[], path: string, file: string): void {
  const unknown = Object.keys(item).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new UsageError(`${file}: ${path} has the unknown field "${unknown}"`, [`Fields: ${known.join(', ')}`])
}

/** What stands after something later would wait for that. Faults of different kinds do not wait for each other. */
function checkOrder(faults: readonly PlannedFault[], operations: readonly PlannedOperation[], file: string): void {
  for (const [i, {atMs}] of operations.entries()) {
    const before = operations[i - 1]?.atMs ?? 0
    if (atMs < before) throw early(file, `operations[${i}].atMs`, atMs, `operations[${i - 1}]`, before)
  }
  const last = new Map<string, {readonly place: number; readonly startMs: number}>()
  for (const [place, {startMs, spec}] of faults.entries()) {
    const before = last.get(spec.fault)
    if (before !== undefined && startMs < before.startMs) {
      throw early(file, `faults[${place}].startMs`, startMs, `faults[${before.place}]`, before.startMs)
    }
    last.set(spec.fault, {place, startMs})
  }
}

function early(file: string, path: string, time: number, before: string, beforeMs: number): UsageError {
  return new UsageError(`${file}: ${path} is ${time}, earlier than ${before}, which stands before it (${beforeMs})`, [
    'Expected: operations, and the faults of one kind, in the order of their times',
  ])
}

function checkFault(fault: PlannedFault, path: string, file: string): void {
  if (!isTime(fault?.startMs)) throw wrong(file, `${path}.startMs`, TIME, fault?.startMs)
  if (!isTime(fault.stopMs) || fault.stopMs < fault.startMs) {
    throw wrong(file, `${path}.stopMs`, `${TIME}, not before its start`, fault.stopMs)
  }
  if (typeof fault.spec?.fault !== 'string') throw wrong(file, `${path}.spec.fault`, 'a name', fault.spec?.fault)
  checkFields(fault, FAULT, path, file)
}

function checkOperation(operation: PlannedOperation, path: string, file: string): void {
  if (!isTime(operation?.atMs)) throw wrong(file, `${path}.atMs`, TIME, operation?.atMs)
  if (typeof operation.f !== 'string') throw wrong(file, `${path}.f`, 'a name', operation.f)
  checkFields(operation, OPERATION, path, file)
  const {thread, key} = operation
  // A key that is null is none.
  if (typeof (key ?? '') !== 'string' && !Number.isFinite(key)) {
    throw wrong(file, `${path}.key`, 'a text or a number', key)
  }
  if (thread !== undefined && !(Number.isInteger(thread) && thread >= 0)) {
    throw wrong(file, `${path}.thread`, 'a whole number, at least 0', thread)
  }
}

const TIME = 'a number of milliseconds, at least 0'

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function wrong(file: string, path: string, expected: string, found: unknown): UsageError {
  return new UsageError(`${file}: ${path} is ${show(found)}`, [`Expected: ${expected}`])
}

function show(value: unknown): string {
  // JSON knows no infinity, but numbers too large for a double are read as one.
  return value === undefined ? 'missing' : typeof value === 'number' ? String(value) : JSON.stringify(value)
}

function lines(items: readonly unknown[]): string {
  return items.length === 0 ? '' : `\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n`
}
