/**
 * What a history without a header is taken for, by its words. Every guess is told along with the verdict, and none is made
 * where the words are nobody's.
 */
import {MODELS} from '../checkers/linearizable/index.ts'
import {UsageError} from '../core/error.ts'
import type {History} from '../core/history.ts'
import type {Operation} from '../core/op.ts'
import {elementsOf, showList, showValue, valueKey} from '../core/value.ts'
import {type Choice, listCheckers} from './choice.ts'
import {functionsOf} from './fit.ts'

interface Rule {
  /** The functions that the history may use. */
  readonly words: readonly string[]
  /** One of these it must use. */
  readonly anyOf?: readonly string[]
  readonly also?: (history: History) => boolean
  readonly choices: readonly Choice[]
}

/** In the order in which they are tried. */
const RULES: readonly Rule[] = [
  {words: ['txn'], also: verbs('r', 'append'), choices: [{checker: 'list-append'}]},
  {words: ['txn'], also: verbs('r', 'w'), choices: [{checker: 'rw-register'}]},
  {words: ['txn'], also: verbs('read', 'write'), choices: [{checker: 'linearizable', model: 'multi-register'}]},
  {
    words: ['txn', 'send', 'poll', 'subscribe', 'unsubscribe', 'assign', 'crash', 'commit', 'debug-topic-partitions'],
    also: (history) => speaks(history, 'send', 'poll') || verbs('send', 'poll')(history),
    choices: [{checker: 'log'}],
  },
  // Transactions under the names of what they do, as in Jepsen's long-fork workload.
  {words: ['read', 'write'], also: isMadeOf('r', 'w'), choices: [{checker: 'long-fork'}]},
  {words: ['read'], also: readsBalances, choices: [{checker: 'bank'}]},
  {words: ['read', 'write'], also: readsMaps, choices: [{checker: 'linearizable', model: 'multi-register'}]},
  // Each write puts something in, reads find all of it: Jepsen's comments.
  {words: ['read', 'write', 'insert'], also: readsWhatWasPutIn, choices: [{checker: 'causal-reverse'}]},
  {words: ['read', 'write', 'cas'], anyOf: ['cas'], choices: [{checker: 'linearizable', model: 'cas-register'}]},
  {words: ['read', 'write'], choices: [{checker: 'linearizable', model: 'register'}]},
  {words: ['get', 'put', 'append'], choices: [{checker: 'linearizable', model: 'kv'}]},
  {words: ['read', 'transfer'], anyOf: ['transfer'], choices: [{checker: 'bank'}]},
  {
    words: ['read', 'add', 'increment', 'decrement'],
    also: readsNumbers,
    choices: [{checker: 'counter'}],
  },
  // Never read: elements of a set are put in once, amounts again and again.
  {words: ['add'], also: repeatsItself, choices: [{checker: 'counter'}]},
  {words: ['read', 'add', 'remove'], anyOf: ['add'], choices: [{checker: 'set-full'}]},
  {words: ['enqueue', 'dequeue', 'drain'], anyOf: ['drain'], choices: [{checker: 'total-queue'}]},
  // Without a drain, what is missing may still be inside; and nothing says that the queue has an order.
  {words: ['enqueue', 'dequeue'], choices: [{checker: 'queue', options: {fifo: false}}]},
  {words: ['push', 'pop'], choices: [{checker: 'linearizable', model: 'stack'}]},
  {words: ['acquire', 'release', 'use'], also: hasTokens, choices: [{checker: 'lock'}]},
  {words: ['acquire', 'release'], choices: [{checker: 'linearizable', model: 'mutex'}]},
  {words: ['generate'], choices: [{checker: 'unique-ids'}]},
]

export interface Guess {
  readonly choices: readonly Choice[]
  /** The guess in words. */
  readonly told: string
}

/** What to judge this history by. Throws UsageError where its words are nobody's. */
export function guess(history: History): Guess {
  const functions = functionsOf(history)
  // Nothing was done, so nothing can be said, by whatever checker.
  if (functions.length === 0) return {choices: [{checker: 'stats'}], told: emptiness(history)}
  const rule = RULES.find(
    ({words, anyOf, also}) =>
      functions.every((f) => words.includes(f)) &&
      (anyOf === undefined || anyOf.some((f) => functions.includes(f))) &&
      (also === undefined || also(history)),
  )
  if (rule === undefined) {
    throw new UsageError(`Cannot tell how to judge these operations: ${wordsOf(history)}.`, [
      `Say how: --checker ${listCheckers().join('|')}`,
      `or --model ${Object.keys(MODELS).join('|')}`,
    ])
  }
  const names = rule.choices.map(({checker, model}) => (model === undefined ? checker : `${checker} ${model}`))
  return {choices: rule.choices, told: `taken for ${names.join(' and ')}: its operations are ${wordsOf(history)}`}
}

/** Why there is nothing to judge. */
function emptiness({ops}: History): string {
  const names = [...new Set(ops.map(({process}) => String(process)))]
  if (names.length === 0) return 'it is empty'
  return `none of its ${ops.length} ops is of a client, whose process is a number: ${showList(names, 4)}`
}

/** The model whose functions a history uses. Throws UsageError where there is none. */
export function guessModel(history: History): string {
  const functions = functionsOf(history)
  const rule = RULES.find(({words, anyOf, also, choices}) => {
    const fits = functions.every((f) => words.includes(f)) && (anyOf ?? functions).some((f) => functions.includes(f))
    return fits && choices[0]?.model !== undefined && (also === undefined || also(history))
  })
  const model =
    rule?.choices[0]?.model ??
    Object.entries(MODELS).find(([, {functions: known}]) => functions.every((f) => known.includes(f)))?.[0]
  if (model !== undefined) return model
  throw new UsageError(`No model has these operations: ${functions.join(', ')}.`, [
    `Models: ${Object.keys(MODELS).join(', ')}`,
  ])
}

/** The functions, and of transactions what they are made of. */
function wordsOf(history: History): string {
  return functionsOf(history)
    .map((f) => (f === 'txn' ? `transactions of ${[...verbsOf(history)].join(', ')}` : f))
    .join(', ')
}

function speaks(history: History, ...words: string[]): boolean {
  return functionsOf(history).some((f) => words.includes(f))
}

/** All micro-operations have one of these verbs. An empty transaction has none, and fits. */
function verbs(...allowed: string[]): (history: History) => boolean {
  return (history) => [...verbsOf(history)].every((verb) => allowed.includes(verb))
}

function verbsOf(history: History): Set<string> {
  const found = new Set<string>()
  for (const {f, input} of history.operations) {
    if (f !== 'txn' || !Array.isArray(input)) continue
    for (const micro of input) if (Array.isArray(micro)) found.add(showValue(micro[0]))
  }
  return found
}

function firstRead(history: History): Operation | undefined {
  return history.operations.find(({f, outcome, output}) => f === 'read' && outcome === 'ok' && output !== null)
}

function readsNumbers(history: History): boolean {
  const output = firstRead(history)?.output
  return typeof output === 'number' || typeof output === 'bigint'
}

function readsMaps(history: History): boolean {
  const output = firstRead(history)?.output
  return typeof output === 'object' && output?.constructor === Object
}

/** Balances by account, as in a bank. */
function readsBalances(history: History): boolean {
  if (!readsMaps(history)) return false
  const balances = Object.values(firstRead(history)?.output as object)
  return balances.length > 1 && balances.every((balance) => typeof balance === 'number' || typeof balance === 'bigint')
}

function readsWhatWasPutIn(history: History): boolean {
  const writes = history.operations.filter(({f}) => f !== 'read')
  return elementsOf(firstRead(history)?.output ?? 0) !== undefined && writes.every(({input}) => !isComposite(input))
}

function isComposite(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function repeatsItself({operations}: History): boolean {
  return new Set(operations.map(({input}) => valueKey(input))).size < operations.length
}

/** Every argument is a list of micro-operations with one of these verbs. */
function isMadeOf(...allowed: string[]): (history: History) => boolean {
  return ({operations}) =>
    operations.every(
      ({input}) =>
        Array.isArray(input) &&
        input.length > 0 &&
        input.every((micro) => Array.isArray(micro) && micro.length === 3 && allowed.includes(micro[0])),
    )
}

function hasTokens(history: History): boolean {
  return history.operations.some(({f, output}) => f === 'use' || (f === 'acquire' && typeof output === 'number'))
}
