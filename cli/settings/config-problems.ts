/** What is wrong with a configuration, in words: where, what is there, and what may stand there instead. */
import type {z} from 'zod'
import {closest} from '../../core/registry.ts'
import {DEFAULTS} from '../../runner/settings/run-settings.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** The longest value that is shown whole, in characters. */
const SHOWN = 60

/** A line for each problem, and one for what may stand in its place where that is a list of names. */
export function problemsOf(issues: readonly Issue[], config: unknown, schema: Schema): string[] {
  return issues.flatMap((issue) => linesOf(issue, config, schema))
}

function linesOf(issue: Issue, value: unknown, schema: Schema, at: readonly PropertyKey[] = []): string[] {
  const path = [...at, ...issue.path]
  const where = path.length === 0 ? 'top level' : path.map(String).join('.')
  const found = valueAt(value, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const accepted = namesIn(schemaAt(schema, issue.path))
    return [...issue.keys.map((key) => `${where}: ${unknownKey(key, path, accepted)}`), `Known: ${accepted.join(', ')}`]
  }
  if (issue.code === 'invalid_union') return linesOfUnion(issue, where, found, schemaAt(schema, issue.path), path)
  const {message} = issue
  return [`${where}: ${wanted(issue) ?? message}. Got ${shown(found)}.`]
}

/** Of alternatives, what keeps the value from being the one that it most looks like; else what they all are. */
function linesOfUnion(
  {errors}: z.core.$ZodIssueInvalidUnion,
  where: string,
  found: unknown,
  schema: Schema | undefined,
  path: readonly PropertyKey[],
): string[] {
  const alternatives = schema === undefined ? [] : (definitionOf(schema).options ?? [])
  const likeness = (alternative: Schema | undefined) =>
    namesIn(alternative).filter((name) => Object.hasOwn(Object(found), name)).length
  const near = errors
    .map((issues, index) => ({issues, alternative: alternatives[index]}))
    .filter(({issues}) => issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'))
    .sort((left, right) => likeness(right.alternative) - likeness(left.alternative))[0]
  if (near?.alternative !== undefined) {
    const {issues, alternative} = near
    return issues.flatMap((issue) => linesOf(issue, found, alternative, path))
  }
  const kinds = errors.flatMap((issues) => issues.slice(0, 1).map((issue) => wanted(issue) ?? issue.message))
  return [`${where}: expected ${[...new Set(kinds.map(bare))].join(', or ')}. Got ${shown(found)}.`]
}

function unknownKey(key: string, path: readonly PropertyKey[], accepted: readonly string[]): string {
  if (path.length === 0 && Object.hasOwn(DEFAULTS, key)) return `"${key}" is a setting of runs and belongs under run.`
  const guess = closest(key, accepted)
  return `unknown key "${key}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
}

/** `expected a text`; undefined where the message says it already. */
function wanted(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_value')
    return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
  return undefined
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function bare(words: string): string {
  return words.replace(/^expected /, '')
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value)
}

/** The parts of a schema that lead further in. */
interface Definition {
  readonly innerType?: Schema
  readonly shape?: Readonly<Record<string, Schema>>
  readonly valueType?: Schema
  readonly element?: Schema
  readonly options?: readonly Schema[]
}

function definitionOf(schema: Schema): Definition {
  const definition = schema._zod.def as Definition
  return definition.innerType === undefined ? definition : definitionOf(definition.innerType)
}

function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  return path.reduce<Schema | undefined>((at, key) => (at === undefined ? undefined : within(at, String(key))), schema)
}

function within(schema: Schema, key: string): Schema | undefined {
  const {shape, valueType, element, options = []} = definitionOf(schema)
  return shape?.[key] ?? valueType ?? element ?? options.map((one) => within(one, key)).find((one) => one !== undefined)
}

function namesIn(schema: Schema | undefined): string[] {
  const {shape = {}, options = []}: Definition = schema === undefined ? {} : definitionOf(schema)
  return [...Object.keys(shape).filter((name) => !name.startsWith('$')), ...options.flatMap(namesIn)]
}
