/**
 * What checkers can be given with `--option name=value`: the options of their factories, with the names and forms in which a
 * person types them. Anything that is not here has no form on a command line (a function, the logs of nodes).
 */
import {MODELS, type Model} from '../../checkers/linearizable/index.ts'
import {UsageError} from '../../core/error.ts'
import {EdnLiteral, EdnReader, parseHistory} from '../../core/format/index.ts'
import {parseDuration} from '../../core/quantities.ts'
import {lookUp, unknownName} from '../../core/registry.ts'

/** Reads what was typed; `flag` is named in errors. */
type Form = (text: string, flag: string) => unknown

interface CheckerOption {
  /** The field of the factory's options. */
  readonly field: string
  readonly form: Form
  readonly description: string
}

const refuse = (flag: string, expected: string, text: string): never => {
  throw new UsageError(`${flag}: expected ${expected}. Got "${text}".`)
}
const flag: Form = (text, name) =>
  text === 'true' ? true : text === 'false' ? false : refuse(name, 'true or false', text)
const words: Form = (text) => text.split(',').map((word) => word.trim())
/** Words with commas between them, or a list in JSON or EDN: `a,b`, `["a", "b"]`, `[:a :b]`, `(0 1 2)`, `#{"a" "b"}`. */
const names: Form = (text, name) => {
  if (!/^\s*(\[|\(|#\{)/.test(text)) return words(text, name)
  const read = value(text, name)
  const list = read instanceof Set ? [...read] : read
  if (Array.isArray(list)) return list.map((item) => (item instanceof EdnLiteral ? item.edn : item))
  return refuse(name, 'a list such as a,b or ["a", "b"] or [:a :b]', text)
}
const whole: Form = (text, name) => {
  if (!/^-?\d+$/.test(text)) return refuse(name, 'a whole number', text)
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}
const duration: Form = (text, name) => parseDuration(name, text)
const oneOf =
  (...accepted: string[]): Form =>
  (text, name) =>
    accepted.includes(text) ? text : refuse(name, accepted.join(' or '), text)

const option = (field: string, form: Form, description: string): CheckerOption => ({field, form, description})

const TRANSACTIONS = {
  anomalies: option('anomalies', words, 'forbidden besides those of the models, such as G1a,lost-update'),
  orders: option('orders', words, 'along which cycles are looked for besides data: process,realtime'),
  'foreign-values': option('foreignValues', flag, 'reading what nobody wrote is no anomaly: the store was not empty'),
}
const PER_OBJECT = {'per-object': option('perObject', flag, 'each key by itself')}

/** By checker. */
export const OPTIONS: Readonly<Record<string, Readonly<Record<string, CheckerOption>>>> = {
  linearizable: {
    initial: option('initial', value, 'what the object holds at first, in JSON or EDN, such as 0 or {"x": 0}'),
    'per-key': option('perKey', flag, 'each key is an object of its own [default: true]'),
    'trust-failures': option('trustFailures', flag, 'a refused compare-and-set saw another value'),
  },
  'list-append': TRANSACTIONS,
  'rw-register': {
    ...TRANSACTIONS,
    'sequential-keys': option('sequentialKeys', flag, 'each key by itself is sequentially consistent'),
    'linearizable-keys': option('linearizableKeys', flag, 'each key by itself is linearizable'),
    'writes-follow-reads': option('writesFollowReads', flag, 'what a transaction read comes before what it wrote'),
  },
  bank: {
    total: option('total', whole, 'what all balances add up to [default: the commonest]'),
    accounts: option('accounts', names, 'all accounts: a,b or ["a", "b"] or [:a :b] [default: those of most reads]'),
    'allow-negative': option('allowNegative', flag, 'balances may be negative'),
    claim: option('claim', oneOf('snapshot', 'read-committed'), 'snapshot or read-committed (only final reads add up)'),
  },
  counter: {claim: option('claim', oneOf('linearizable', 'eventual'), 'linearizable or eventual (only final reads)')},
  'set-full': {
    claim: option('claim', oneOf('linearizable', 'eventual'), 'linearizable or eventual (only final reads)'),
  },
  queue: {fifo: option('fifo', flag, 'values come out in the order in which they went in [default: true]')},
  'total-queue': {'exactly-once': option('exactlyOnce', flag, 'a value that comes out twice is a violation')},
  log: {allowed: option('allowed', words, 'anomalies that are counted but are no violation')},
  lock: {
    fenced: option('fenced', flag, 'overlapping holders are kept apart by their tokens'),
    lease: option('leaseMs', duration, 'a holder holds no longer than this'),
  },
  staleness: {
    bound: option('boundMs', duration, 'how long after it was overwritten a value may be read'),
    versions: option('boundVersions', whole, 'how many versions behind a read may be'),
  },
  causal: PER_OBJECT,
  pram: PER_OBJECT,
  'monotonic-reads': PER_OBJECT,
  'monotonic-writes': PER_OBJECT,
  'read-your-writes': PER_OBJECT,
  'writes-follow-reads': PER_OBJECT,
  sequential: {'per-key': option('perKey', flag, 'each key by itself')},
  availability: {
    gap: option('gapMs', duration, 'a stretch without success is reported from this length on'),
    limit: option('limitMs', duration, 'how long nothing may succeed while no fault is in force'),
  },
}

/** What was typed, by name. */
export type TypedOptions = ReadonlyMap<string, string>

/** Reads `name=value`, or `name` for true. Throws UsageError for a name given twice. */
export function typedOptions(texts: readonly string[]): TypedOptions {
  const typed = new Map<string, string>()
  for (const text of texts) {
    const [name = '', ...rest] = text.split('=')
    if (typed.has(name)) throw new UsageError(`--option ${name} is given twice.`)
    typed.set(name, rest.length === 0 ? 'true' : rest.join('='))
  }
  return typed
}

/** Throws UsageError for an option that none of these checkers has. */
export function refuseUnknown(typed: TypedOptions, checkers: readonly string[]): void {
  const known = checkers.flatMap((checker) => Object.keys(OPTIONS[checker] ?? {}))
  for (const name of typed.keys()) {
    if (!known.includes(name)) throw unknownName(`option of ${checkers.join(', ')}`, name, [...new Set(known)])
  }
}

/** The options of a checker's factory. Throws UsageError for a value of another form. */
export function optionsFor(checker: string, typed: TypedOptions): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, {field, form}] of Object.entries(OPTIONS[checker] ?? {})) {
    const text = typed.get(name)
    if (text !== undefined) given[field] = form(text, `--option ${name}`)
  }
  return given
}

/** A model that begins otherwise. Throws UsageError where its engines rely on how it begins. */
export function beginningAs(model: string, initial: unknown): Model {
  const known = lookUp('model', MODELS as Readonly<Record<string, Model>>, model)
  if (known.structure !== undefined && known.structure.kind !== 'register') {
    throw new UsageError(`--option initial: the model "${model}" always begins empty.`)
  }
  return {...known, init: initial}
}

/** A value in JSON or EDN, read as the value of an op would be. */
function value(text: string, name: string): unknown {
  const op = (field: string) => `{"type":"info","process":"n","f":"f","value":${field}}\n`
  try {
    return parseHistory(op(text), {file: name}).ops[0]?.value
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
  }
  try {
    const reader = new EdnReader({file: name})
    const ops = reader.push(Buffer.from(`{:type :info :process :n :f :f :value ${text}\n}`))
    const read = [...ops, ...reader.end()][0]?.value
    // A bare word is that word.
    return read instanceof EdnLiteral && /^[\w-]+$/.test(read.edn) ? read.edn : read
  } catch (error) {
    if (error instanceof UsageError) return refuse(name, 'a value in JSON or EDN, such as 0 or {"x": 0}', text)
    throw error
  }
}
