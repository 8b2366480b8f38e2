/**
 * Which operations may be left out of a record without making it worse. Of a real run only the record is left: what is taken
 * out of it did happen, so a record that could be explained must still be explained without it.
 *
 * Sound, each for the reason given; `shrink-history.test.ts` holds them against brute force:
 *
 * - An operation that only looks: any order that explains the record explains it without the look.
 * - An operation that certainly did not happen.
 * - One whose value nobody else mentions (a write, an added element, an appended one), whatever became of it, pending ones
 *   included. In an order that explains the record nobody looks between it and the next change: whoever did would mention it.
 *   Refusals are looks in disguise (a cas that failed says what the value was not), so none may be left.
 * - All operations on another key: objects are judged one by one (locality; Herlihy & Wing, TOPLAS 1990, section 3.3).
 * - What comes after a moment, with what was under way then pending: a prefix of a history that can be explained can be.
 *
 * Checkers that go by what was *never* seen again (elements lost from a set) prove less from less: there the final reads stay,
 * and the record keeps its end.
 */
import type {Operation} from '../../core/op.ts'

/** How a checker concludes: from what was seen, or also from what was not seen again by the end. */
export type Conclusion = 'seen' | 'not seen again'

/** How these checkers conclude; undefined for those of which nothing is known: nothing is left out for them. */
const CONCLUSIONS: Readonly<Record<string, Conclusion>> = {
  linearizable: 'seen',
  'list-append': 'seen',
  'rw-register': 'seen',
  'set-full': 'not seen again',
}

export function conclusionOf(checker: string): Conclusion | undefined {
  return Object.hasOwn(CONCLUSIONS, checker) ? CONCLUSIONS[checker] : undefined
}

const LOOKS = new Set(['read', 'r', 'get', 'contains'])
/** Functions whose argument is the identity of what they put. */
const PUTS = new Set(['write', 'w', 'add', 'append', 'enqueue'])

type Micro = readonly [f: string, key: unknown, value: unknown]

function microsOf({f, input}: Operation): readonly Micro[] | undefined {
  return f === 'txn' && Array.isArray(input) ? (input as readonly Micro[]) : undefined
}

/** Whether it changes nothing, whatever became of it. */
export function onlyLooks(operation: Operation): boolean {
  const micros = microsOf(operation)
  return micros === undefined ? LOOKS.has(operation.f) : micros.every(([f]) => LOOKS.has(f))
}

/**
 * Of the operations that somebody would leave out, those that may go. The others have to stay. `rest` stays in any case.
 */
export function mayGo(out: readonly Operation[], rest: readonly Operation[], conclusion: Conclusion): Operation[] {
  const looks = out.filter((operation) => operation.outcome !== 'fail' && onlyLooks(operation))
  const going = new Set(
    conclusion === 'seen' ? looks : looks.filter(({final}) => !final && rest.some((other) => other.final)),
  )
  for (const operation of out) if (operation.outcome === 'fail') going.add(operation)
  const staying = [...rest, ...out.filter((operation) => !going.has(operation))]
  // Numbers that are added up are no identities, and refusals tell of values without naming them.
  if (staying.some(({outcome}) => outcome === 'fail') || addsUp(staying)) return [...going]
  const mentions = new Map<string, number>()
  for (const operation of staying)
    for (const value of mentionedBy(operation)) mentions.set(value, (mentions.get(value) ?? 0) + 1)
  for (const operation of out) {
    if (going.has(operation)) continue
    const put = putBy(operation)
    if (put === undefined || !put.every((value) => mentions.get(value) === 1)) continue
    going.add(operation)
    for (const value of mentionedBy(operation)) mentions.set(value, (mentions.get(value) ?? 1) - 1)
  }
  return [...going]
}

/** Values that it puts; undefined where it does more than putting things that have an identity. */
function putBy(operation: Operation): string[] | undefined {
  const {f, key, input} = operation
  const micros = microsOf(operation)
  if (micros === undefined) return PUTS.has(f) && isIdentity(input) ? [named(key, input)] : undefined
  const puts = micros.filter(([name]) => !LOOKS.has(name))
  if (!puts.every(([name, , value]) => PUTS.has(name) && isIdentity(value))) return undefined
  return puts.map(([, of, value]) => named(of, value))
}

/** Every value that it names, each once. */
function mentionedBy(operation: Operation): Set<string> {
  const {key, input, output} = operation
  const found = new Set<string>()
  const micros = microsOf(operation)
  if (micros === undefined) for (const side of [input, output]) collect(side, key, found)
  else {
    const results = Array.isArray(output) ? (output as readonly Micro[]) : []
    for (const [, of, value] of [...micros, ...results]) collect(value, of, found)
  }
  return found
}

function collect(value: unknown, key: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, key, found)
  else if (isIdentity(value)) found.add(named(key, value))
  else if (value !== null && typeof value === 'object')
    for (const item of Object.values(value)) collect(item, key, found)
}

function isIdentity(value: unknown): boolean {
  return ['number', 'string', 'bigint'].includes(typeof value)
}

function named(key: unknown, value: unknown): string {
  return `${String(key)} ${typeof value} ${String(value)}`
}

/** Whether what is added or appended becomes part of something else, a sum or a text: somebody reads what is no list. */
function addsUp(operations: readonly Operation[]): boolean {
  const shows = ({outcome, output}: Operation) => outcome === 'ok' && output !== null && !Array.isArray(output)
  return (
    operations.some(({f}) => f === 'add' || f === 'append') &&
    operations.some((operation) => onlyLooks(operation) && shows(operation))
  )
}
