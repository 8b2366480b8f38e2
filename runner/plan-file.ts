/**
 * `plan.json`: one operation and one fault a line, so that two plans can be compared with `diff`. Equal plans are equal
 * byte for byte.
 */
import {messageOf, UsageError} from '../core/error.ts'
import type {PlannedFault} from '../core/nemesis.ts'
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
  const {chance} = options
  if (chance !== undefined && chance !== HELD.chance) {
    throw wrong(file, 'options.chance', `"${HELD.chance}" or nothing`, chance)
  }
  if (!Array.isArray(faults)) throw wrong(file, 'faults', 'a list', faults)
  if (!Array.isArray(operations)) throw wrong(file, 'operations', 'a list', operations)
  for (const [i, fault] of faults.entries()) checkFault(fault, `faults[${i}]`, file)
  for (const [i, operation] of operations.entries()) checkOperation(operation, `operations[${i}]`, file)
  return {format, seed, options, faults, operations, unbounded: data.unbounded === true}
}

function checkFault(fault: PlannedFault, path: string, file: string): void {
  if (!isTime(fault?.startMs)) throw wrong(file, `${path}.startMs`, TIME, fault?.startMs)
  if (!isTime(fault.stopMs) || fault.stopMs < fault.startMs) {
    throw wrong(file, `${path}.stopMs`, `${TIME}, not before its start`, fault.stopMs)
  }
  if (typeof fault.spec?.fault !== 'string') throw wrong(file, `${path}.spec.fault`, 'a name', fault.spec?.fault)
}

function checkOperation(operation: PlannedOperation, path: string, file: string): void {
  if (!isTime(operation?.atMs)) throw wrong(file, `${path}.atMs`, TIME, operation?.atMs)
  if (typeof operation.f !== 'string') throw wrong(file, `${path}.f`, 'a name', operation.f)
  const {thread} = operation
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
