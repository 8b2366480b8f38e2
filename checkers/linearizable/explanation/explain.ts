/**
 * From an impossible trace to its story: the smallest part that is still impossible, the operation to point at, what it
 * could have answered instead, and the argument in words.
 */
import type {History} from '../../../core/history.ts'
import type {Operation} from '../../../core/op.ts'
import {showValue} from '../../../core/value.ts'
import type {Anomaly} from '../../../core/verdict.ts'
import {keyWords, witnessOf} from '../../findings/finding.ts'
import {describeValue, shortValue} from '../canonical.ts'
import {decide, whenCertain} from '../engines/decide.ts'
import type {Decision} from '../engines/decision.ts'
import type {Halt} from '../engines/frontier.ts'
import type {Call, Model} from '../model.ts'
import {operationAt, type Track} from '../split.ts'
import {restrict, type Trace} from '../trace.ts'
import {anomalyType} from './anomaly-type.ts'
import {Effort} from './effort.ts'
import {nextAfter} from './next.ts'
import {possibleStates, possibleValues} from './possible.ts'
import {longestPrefixes} from './prefixes.ts'
import {shrink} from './shrink.ts'
import {asRegister} from './text-as-register.ts'
import {shownTooOften} from './text-seen-too-often.ts'
import {nameOf, reasons} from './why.ts'

/** What the explanation is made from. */
export interface Impossible {
  readonly history: History
  readonly track: Track
  readonly model: Model
  readonly trace: Trace
  readonly decision: Extract<Decision, {kind: 'invalid'}>
}

/** The anomaly of one object. Ends early, with a larger story, when `halt` says so. */
export function explain({history, track, decision, ...judged}: Impossible, halt: Halt): Anomaly {
  const tooOften = shownTooOften(judged.model, judged.trace, (operation) =>
    operationAt(history.ops, track, judged.trace.source[operation]!),
  )
  if (tooOften !== undefined) return {...tooOften, ...(track.key === undefined ? {} : {key: track.key})}
  const text = asRegister(judged.model, judged.trace)
  const {model, trace} = text ?? judged
  const effort = new Effort(halt)
  const at = whenCertain(judged.model, judged.trace, halt, decision)
  const small = shrink(model, trace, at, effort, decision.core)
  const operations = Array.from(small.source, (number) => operationAt(history.ops, track, number))
  const culprit = culpritOf(model, small)
  const whole = trace.source.indexOf(small.source[culprit]!)
  const call = small.calls[small.call[culprit]!]!
  const candidates = sawValue(model, call) ? possibleValues(model, trace, whole, effort.halt) : undefined
  // None at all: the neighbourhood is broken elsewhere too, and only the small part can say what would have been right.
  const values = candidates?.length === 0 ? undefined : candidates
  // The part is small: its states are had at once, even when the effort for finer questions is spent.
  const states = values ?? possibleStates(model, small, halt) ?? []
  const describe = (state: unknown) =>
    values === undefined && model.describe ? model.describe(state) : shortValue(state)
  const texts = [...new Set(states.map(describe))].sort(byValue)
  const others = restrict(small, (i) => i !== culprit)
  const blamed = decide(model, others, effort.halt).kind === 'valid'
  const writers = new Map(
    Array.from(values === undefined ? [] : onlyWriters(model, trace, whole), ([value, writer]) => [
      value,
      operationAt(history.ops, track, trace.source[writer]!),
    ]),
  )
  const story = {model, small, operations, culprit, states: texts, writers, exact: values !== undefined, blamed}
  const type = model.breach?.(call) ?? anomalyType(model, trace, small, culprit)
  const prefixes = longestPrefixes(model, small)
  const shown = text === undefined ? [] : shownIn(text.shownBy, trace, small, operations, history, track)
  const named = [...operations, ...shown.map(({by}) => by)].filter(
    ({invoke}, i, all) => all.findIndex((other) => other.invoke === invoke) === i,
  )
  return {
    type,
    sentence: sentenceOf(operations[culprit]!, judged.trace.calls[judged.trace.call[whole]!]!, type, texts),
    ...(track.key === undefined ? {} : {key: track.key}),
    witness: witnessOf(...named),
    why: [...shown.map(({line}) => line), ...reasons(story)],
    counterexample: {
      operations: named.map((operation) => operation.invoke.index).sort((left, right) => left - right),
      impossible: operations[culprit]!.invoke.index,
      states: texts,
      next: nextAfter(prefixes, model, small, operations),
      linearizations: prefixes.map(({steps}) =>
        steps.map(({operation, state}) => ({
          index: operations[operation]!.invoke.index,
          state: model.describe?.(state) ?? shortValue(state),
        })),
      ),
    },
  }
}

/** By value, as text, the operation that wrote it, of those that one alone wrote before this observer returned. */
function onlyWriters({structure}: Model, trace: Trace, observer: number): Map<string, number> {
  if (structure?.kind !== 'register') return new Map()
  const made = trace.calls.map((call) => structure.produces(call))
  const found = new Map<string, number>()
  for (let i = 0; i < trace.size; i++) {
    const value = made[trace.call[i]!]
    if (i === observer || value === undefined || trace.invokeAt[i]! > trace.returnAt[observer]!) continue
    const text = shortValue(value.value)
    found.set(text, found.has(text) ? MANY : i)
  }
  return new Map(Array.from(found).filter(([, writer]) => writer !== MANY))
}

/** In the place of a writer: there are several. */
const MANY = -1

/** The gets from which it is known what appends made, with the line that says so. */
function shownIn(
  shownBy: Int32Array,
  trace: Trace,
  small: Trace,
  operations: readonly Operation[],
  history: History,
  track: Track,
): {readonly by: Operation; readonly line: string}[] {
  const operationOf = new Map(Array.from(trace.source, (source, i) => [source, i]))
  return operations.flatMap((operation, i) => {
    const get = shownBy[operationOf.get(small.source[i]!)!]!
    if (get < 0) return []
    const by = operationAt(history.ops, track, trace.source[get]!)
    return [{by, line: `${nameOf(by)} shows what came of ${nameOf(operation)}.`}]
  })
}

/** The operation to point at: the last to return among those that saw something, else the last to return at all. */
function culpritOf(model: Model, small: Trace): number {
  let last = -1
  let lastObserver = -1
  for (const event of small.events) {
    if ((event & 1) === 0) continue
    last = event >> 1
    if (sawValue(model, small.calls[small.call[last]!]!)) lastObserver = last
  }
  return lastObserver >= 0 ? lastObserver : last
}

/** Whether this call saw a definite value of a register-like object. */
function sawValue(model: Model, call: Call): boolean {
  if (call.outcome !== 'ok') return false
  if (model.structure?.kind !== 'register') return model.reads.includes(call.f)
  return model.structure.observes(call) !== undefined
}

function sentenceOf(operation: Operation, call: Call, type: string, possible: readonly string[]): string {
  const who = `Process ${operation.process}`
  const name = operation.key === undefined ? '' : ` ${keyWords(operation.key)}`
  const only =
    possible.length === 0
      ? ''
      : `, but only ${listed(possible, 'or')} ${possible.length === 1 ? 'was' : 'were'} possible`
  if (call.f === 'read' || call.f === 'get') {
    const read = `${who} read${name === '' ? '' : `${name} =`} ${shortValue(call.output)}`
    if (type === 'phantom-read') return `${read}, which nobody had written${only}`
    return only === '' ? `${read}, which no order of the operations allows` : `${read}${only}`
  }
  if (call.f === 'cas' && call.outcome === 'ok') {
    const [from, to] = call.input as readonly [unknown, unknown]
    const swapped = `${who} changed${name} from ${shortValue(from)} to ${shortValue(to)}`
    return only === '' ? `${swapped}, which no order of the operations allows` : `${swapped}${only}`
  }
  if (type === 'overlapping-holders') return `${who} was given the lock${name}, though it must have been held already`
  const what = `${who}: ${deed(call, name === '' ? '' : ` on${name}`)}`
  if (possible.length === 0) return `${what}, which no order of the operations allows`
  return `${what}, but the state could only be ${listed(possible, 'or')}`
}

function deed(call: Call, where: string): string {
  // A transaction is answered by itself, with its reads filled in.
  if (call.f === 'txn' && call.outcome === 'ok') return `txn${where} ${showValue(call.output)} succeeded`
  const asked = `${call.f}${call.input === null ? '' : ` ${shortValue(call.input)}`}${where}`
  if (call.outcome === 'fail') return `${asked} was refused`
  const bare = call.output === null || describeValue(call.output) === describeValue(call.input)
  return bare ? `${asked} succeeded` : `${asked} answered ${shortValue(call.output)}`
}

/** `7`, `7 or 9`, `1, 7 or 9`. */
export function listed(items: readonly string[], conjunction: string): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
}

function byValue(left: string, right: string): number {
  const difference = Number(left) - Number(right)
  return Number.isNaN(difference) || difference === 0 ? (left < right ? -1 : left > right ? 1 : 0) : difference
}
