/**
 * Whether a history is one that a checker can judge. A checker that is asked by name for a history of something else would
 * otherwise find nothing to judge, or find the strangest things; and an argument of the wrong shape would be read as null.
 */
import {UsageError} from '../../core/error.ts'
import type {History} from '../../core/history.ts'
import type {Key, ProcessId} from '../../core/op.ts'
import {showValue} from '../../core/value.ts'

/** What a checker knows: `own` are functions that only such histories have, `also` those that they share with others. */
interface Words {
  readonly own: readonly string[]
  readonly also: readonly string[]
}

const REGISTER: Words = {own: ['write', 'cas'], also: ['read']}

/** Those that judge anything (counts, latencies, transactions by their own rules) are not here. */
const WORDS: Readonly<Record<string, Words>> = {
  bank: {own: ['transfer'], also: ['read']},
  'adya-g2': {own: ['insert'], also: []},
  causal: REGISTER,
  'causal-reverse': {own: ['write', 'add', 'insert'], also: ['read']},
  counter: {own: ['add', 'increment', 'decrement'], also: ['read']},
  ladder: REGISTER,
  echo: {own: ['echo'], also: []},
  lock: {own: ['acquire', 'release', 'use'], also: []},
  log: {own: ['send', 'poll', 'txn'], also: ['subscribe', 'unsubscribe', 'assign', 'crash', 'commit']},
  members: {own: ['members'], also: []},
  'monotonic-reads': REGISTER,
  'monotonic-writes': REGISTER,
  pram: REGISTER,
  pubsub: {own: ['publish', 'subscribe', 'receive'], also: []},
  queue: {own: ['enqueue', 'dequeue', 'drain'], also: []},
  'read-your-writes': REGISTER,
  sequential: REGISTER,
  set: {own: ['add'], also: ['read', 'remove']},
  'set-full': {own: ['add', 'remove'], also: ['read']},
  staleness: REGISTER,
  'total-queue': {own: ['enqueue', 'dequeue', 'drain'], also: []},
  'unique-ids': {own: ['generate'], also: []},
  'write-order': {own: ['write'], also: ['read']},
  'writes-follow-reads': REGISTER,
}

/** Throws UsageError where this checker has nothing to say of such a history. */
export function requireApplicable(checker: string, history: History): void {
  const words = Object.hasOwn(WORDS, checker) ? WORDS[checker] : undefined
  if (words === undefined) return
  const functions = history.functions
  const strange = functions.filter((f) => !words.own.includes(f) && !words.also.includes(f))
  if (strange.length === 0 || functions.some((f) => words.own.includes(f))) return
  throw new UsageError(`The checker ${checker} does not fit these operations: ${functions.join(', ')}.`, [
    `It judges: ${[...words.own, ...words.also].join(', ')}.`,
    'Leave --checker out for a guess. Checkers: chaos list checkers',
  ])
}

/** In words, the functions that none of these checkers looks at; undefined where there are none. */
export function ignoredFunctions(checkers: readonly string[], history: History): string | undefined {
  const known = checkers.map((checker) => (Object.hasOwn(WORDS, checker) ? WORDS[checker] : undefined))
  if (known.length === 0 || known.includes(undefined)) return undefined
  const rest = history.functions.filter((f) => known.every((words) => ![...words!.own, ...words!.also].includes(f)))
  return rest.length === 0 ? undefined : `${checkers.join(' and ')} did not look at: ${rest.join(', ')}`
}

/** What the argument of a function has to be, in words and as a test. */
const ARGUMENTS: Readonly<Record<string, readonly [string, (input: unknown) => boolean]>> = {
  cas: ['a pair, [old, new]', (input) => Array.isArray(input) && input.length === 2],
  transfer: [
    '{"from": …, "to": …, "amount": …}',
    (input) => typeof input === 'object' && input !== null && 'from' in input && 'to' in input && 'amount' in input,
  ],
}

/** Functions that put something in, and what. */
const PUTS: Readonly<Record<string, string>> = {
  add: 'an element',
  broadcast: 'a message',
  enqueue: 'an element',
  publish: 'a message',
  push: 'an element',
}

/**
 * Throws UsageError for an argument that no object with such a function takes, and where only an answer says what was put in: of an
 * operation whose outcome is unknown nobody could say then what may be there.
 */
export function requireArguments(history: History): void {
  requireOneKey(history)
  if (history.functions.some((f) => Object.hasOwn(PUTS, f))) requireElements(history)
  if (!history.functions.some((f) => Object.hasOwn(ARGUMENTS, f))) return
  history.scan(({type, process, f, value, index}) => {
    if (type !== 'invoke' || typeof process !== 'number') return
    const argument = Object.hasOwn(ARGUMENTS, f) ? ARGUMENTS[f] : undefined
    if (argument === undefined || argument[1](value)) return
    throw new UsageError(`op #${index}: the value of ${f} is ${argument[0]}; found ${showValue(value)}.`)
  })
}

/** An answer may leave the key out; one about another key than was asked for means nothing. */
function requireOneKey(history: History): void {
  const asked = new Map<ProcessId, Key>()
  history.scan(({type, process, key, index}) => {
    if (key === undefined || typeof process !== 'number') return
    if (type === 'invoke') asked.set(process, key)
    else if (asked.has(process) && asked.get(process) !== key) {
      throw new UsageError(`op #${index} is about key ${showValue(key)}, but process ${process} asked about another.`, [
        `The invocation of process ${process} before it names key ${showValue(asked.get(process))}.`,
      ])
    }
  })
}

function requireElements(history: History): void {
  const nameless = new Map<ProcessId, number>()
  history.scan(({type, process, f, value, index}) => {
    if (typeof process !== 'number' || !Object.hasOwn(PUTS, f)) return
    if (type === 'invoke') {
      if (value === null) nameless.set(process, index)
      return
    }
    const asked = nameless.get(process)
    nameless.delete(process)
    if (asked === undefined || type !== 'ok' || value === null) return
    throw new UsageError(`op #${asked} asks for ${f} without ${PUTS[f]}; only its answer says ${showValue(value)}.`, [
      `What is put in has to stand in the invocation: {"type": "invoke", "f": "${f}", "value": …}.`,
    ])
  })
}
