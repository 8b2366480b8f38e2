/**
 * What a history without a header is taken for, by its words. Every guess is reported along with the verdict, and
 * none is made where no rule fits its words.
 */
import {MODELS} from '../../checkers/linearizable/index.ts'
import {UsageError} from '../../core/error.ts'
import {exactOf} from '../../core/exact.ts'
import type {History} from '../../core/history.ts'
import {elementsOf, showList, showValue, valueKey} from '../../core/value.ts'
import {type Choice, listCheckers} from './choice.ts'

interface Words {
  readonly functions: readonly string[]
  readonly verbs: ReadonlySet<string>
}

interface Rule {
  /** The functions that the history may use. */
  readonly words: readonly string[]
  /** One of these it must use. */
  readonly anyOf?: readonly string[]
  readonly also?: (history: History, words: Words) => boolean
  readonly choices: readonly Choice[]
  /** What else is taken for granted. */
  readonly note?: string
}

/** In the order in which they are tried. */
const RULES: readonly Rule[] = [
  {words: ['txn'], also: verbs('r', 'append'), choices: [{checker: 'list-append'}]},
  {words: ['txn'], also: verbs('r', 'w'), choices: [{checker: 'rw-register'}]},
  {words: ['txn'], also: verbs('read', 'write'), choices: [{checker: 'linearizable', model: 'multi-register'}]},
  {
    words: ['txn', 'send', 'poll', 'subscribe', 'unsubscribe', 'assign', 'crash', 'commit', 'debug-topic-partitions'],
    also: (_, {functions, verbs}) =>
      functions.some((f) => f === 'send' || f === 'poll') ||
      [...verbs].every((verb) => verb === 'send' || verb === 'poll'),
    choices: [{checker: 'log'}],
  },
  // Transactions under the names of what they do, as in Jepsen's long-fork workload.
  {words: ['read', 'write'], also: isMadeOf('r', 'w'), choices: [{checker: 'long-fork'}]},
  {words: ['read'], also: readsBalances, choices: [{checker: 'bank'}]},
  {words: ['read', 'write'], also: readsMaps, choices: [{checker: 'linearizable', model: 'multi-register'}]},
  // A write of a series, reads of all its keys: Jepsen's sequential.
  {words: ['read', 'write'], anyOf: ['write'], also: readsSeries, choices: [{checker: 'write-order'}]},
  // Inserts of one of two rows for a key, and nothing else: Jepsen's adya.
  {words: ['insert'], also: insertsOneOfTwo, choices: [{checker: 'adya-g2'}]},
  // Each write puts something in, reads find all of it: Jepsen's comments.
  {words: ['read', 'write', 'insert'], also: readsWhatWasPutIn, choices: [{checker: 'causal-reverse'}]},
  {
    words: ['read', 'write', 'cas'],
    also: isVersioned,
    choices: [{checker: 'linearizable', model: 'versioned-register'}],
  },
  // Jepsen's causal: one process a key reads what it wrote, and found 0 at first.
  {
    words: ['read-init', 'read', 'write'],
    anyOf: ['read-init'],
    choices: [{checker: 'linearizable', model: 'register', as: {'read-init': 'read'}, options: {initial: 0}}],
    note: 'registers are taken to hold 0 at first',
  },
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
  {words: ['read', 'add', 'remove'], anyOf: ['add'], also: readsElements, choices: [{checker: 'set-full'}]},
  // Maelstrom's broadcast: what every node knows in the end.
  {
    words: ['read', 'broadcast'],
    anyOf: ['broadcast'],
    choices: [{checker: 'set-full', as: {broadcast: 'add'}, options: {claim: 'eventual'}}],
    note: 'only the last reads are judged, and a broadcast is an add',
  },
  {words: ['echo'], choices: [{checker: 'echo'}]},
  {words: ['enqueue', 'dequeue', 'drain'], anyOf: ['drain'], choices: [{checker: 'total-queue'}]},
  // Without a drain, what is missing may still be inside; and nothing says that the queue has an order.
  {
    words: ['enqueue', 'dequeue'],
    choices: [{checker: 'queue', options: {fifo: false}}],
    note: 'in no order; where what is first in comes out first, say --option fifo',
  },
  {words: ['push', 'pop'], choices: [{checker: 'linearizable', model: 'stack'}]},
  {
    words: ['acquire', 'release', 'use'],
    also: hasTokens,
    choices: [{checker: 'lock'}],
    note: 'no two may hold it at once; where their tokens keep them apart, say --option fenced',
  },
  {words: ['acquire', 'release'], choices: [{checker: 'linearizable', model: 'mutex'}]},
  {words: ['publish', 'subscribe', 'receive'], anyOf: ['publish'], choices: [{checker: 'pubsub'}]},
  {words: ['generate'], choices: [{checker: 'unique-ids'}]},
  {words: ['members'], choices: [{checker: 'members'}]},
]

export interface Guess {
  readonly choices: readonly Choice[]
  /** The guess in words. */
  readonly note: string
}

/** What to judge this history by. Throws UsageError where no rule fits. */
export function guess(history: History): Guess {
  const words = vocabularyOf(history)
  const {functions} = words
  // Nothing was done, so nothing can be said, by whatever checker.
  if (functions.length === 0) return {choices: [{checker: 'stats'}], note: emptiness(history)}
  const rule = RULES.find(
    ({words: known, anyOf, also}) =>
      functions.every((f) => known.includes(f)) &&
      (anyOf === undefined || anyOf.some((f) => functions.includes(f))) &&
      (also === undefined || also(history, words)),
  )
  if (rule === undefined) {
    throw new UsageError(`Cannot tell how to judge these operations: ${wordsOf(words)}.`, [
      `Say how: --checker ${listCheckers().join('|')}`,
      `or --model ${Object.keys(MODELS).join('|')}`,
    ])
  }
  const names = rule.choices.map(({checker, model}) => (model === undefined ? checker : `${checker} ${model}`))
  const more = rule.note === undefined ? '' : `; ${rule.note}`
  return {choices: rule.choices, note: `taken for ${names.join(' and ')}: its operations are ${wordsOf(words)}${more}`}
}

/** Why there is nothing to judge. */
function emptiness({ops}: History): string {
  const names = [...new Set(ops.map(({process}) => String(process)))]
  if (names.length === 0) return 'it is empty'
  return `none of its ${ops.length} ops is of a client, whose process is a number: ${showList(names, 4)}`
}

/** The model whose functions a history uses. Throws UsageError where there is none. */
export function guessModel(history: History): string {
  const words = vocabularyOf(history)
  const {functions} = words
  const rule = RULES.find(({words: known, anyOf, also, choices}) => {
    const fits = functions.every((f) => known.includes(f)) && (anyOf ?? functions).some((f) => functions.includes(f))
    return fits && choices[0]?.model !== undefined && (also === undefined || also(history, words))
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
function wordsOf({functions, verbs}: Words): string {
  return functions.map((f) => (f === 'txn' ? `transactions of ${[...verbs].join(', ')}` : f)).join(', ')
}

/** All micro-operations have one of these verbs. An empty transaction has none, and fits. */
function verbs(...allowed: string[]): NonNullable<Rule['also']> {
  return (_, words) => [...words.verbs].every((verb) => allowed.includes(verb))
}

/** The vocabulary of a history: its functions, and the verbs of its transactions. */
function vocabularyOf(history: History): Words {
  const {functions} = history
  const found = new Set<string>()
  if (functions.includes('txn')) {
    history.scan(({type, process, f, value}) => {
      if (type !== 'invoke' || f !== 'txn' || typeof process !== 'number' || !Array.isArray(value)) return
      for (const micro of value) if (Array.isArray(micro)) found.add(showValue(micro[0]))
    })
  }
  return {functions, verbs: found}
}

/** What the first read that found something answered. */
function firstRead({ops}: History): unknown {
  for (let at = 0; at < ops.length; at++) {
    const {type, process, f, value} = ops.at(at)!
    if (type === 'ok' && f === 'read' && typeof process === 'number' && value !== null) return value
  }
  return undefined
}

function readsNumbers(history: History): boolean {
  return exactOf(firstRead(history)) !== undefined
}

/** What a set can answer; a history without an answer is one of a set, too. */
function readsElements(history: History): boolean {
  return elementsOf(firstRead(history) ?? null) !== undefined
}

function readsMaps(history: History): boolean {
  const value = firstRead(history)
  return typeof value === 'object' && value?.constructor === Object
}

/** Each value is a version and a value, as in Jepsen's test of etcd: a write does not know its version, its answer does. */
function isVersioned({operations}: History): boolean {
  const pair = (value: unknown): readonly unknown[] | undefined =>
    Array.isArray(value) && value.length === 2 ? value : undefined
  let told = false
  const fits = operations.every(({f, input, output, outcome}) => {
    if (!(f === 'read' && input === null) && pair(input)?.[0] !== null) return false
    if (outcome !== 'ok') return true
    const version = pair(output)?.[0]
    told ||= Number.isSafeInteger(version)
    return version === null || Number.isSafeInteger(version)
  })
  return fits && told
}

/** Balances by account, as in a bank. */
function readsBalances(history: History): boolean {
  if (!readsMaps(history)) return false
  const balances = Object.values(firstRead(history) as object)
  return balances.length > 1 && balances.every((balance) => exactOf(balance) !== undefined)
}

function readsSeries(history: History): boolean {
  const value = firstRead(history)
  return Array.isArray(value) && value.length === 2 && !Array.isArray(value[0]) && Array.isArray(value[1])
}

function insertsOneOfTwo({operations}: History): boolean {
  const ofTwo = (value: unknown) => Array.isArray(value) && value.length === 2 && value.includes(null)
  return operations.every(({key, input}) =>
    key !== undefined ? ofTwo(input) : Array.isArray(input) && input.length === 2 && ofTwo(input[1]),
  )
}

function readsWhatWasPutIn(history: History): boolean {
  if (elementsOf(firstRead(history) ?? 0) === undefined) return false
  return history.operations.every(({f, input}) => f === 'read' || !isComposite(input))
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

function hasTokens({functions, ops}: History): boolean {
  return (
    functions.includes('use') ||
    ops.some(({type, f, value}) => type === 'ok' && f === 'acquire' && typeof value === 'number')
  )
}
