/**
 * The argument, a line each: which operations had to come before which, what the object then held, and why what was seen
 * cannot be.
 */
import type {Operation} from '../../../core/op.ts'
import {showValue} from '../../../core/value.ts'
import {describeValue, shortValue} from '../canonical.ts'
import type {Model} from '../model.ts'
import {NEVER, type Trace} from '../trace.ts'

export interface Story {
  readonly model: Model
  readonly small: Trace
  /** The operations of `small`, by number. */
  readonly operations: readonly Operation[]
  readonly culprit: number
  /** What was possible instead, as text. */
  readonly states: readonly string[]
  /** The one that wrote it, for each of these that was written once; it need not be in the part that is shown. */
  readonly writers: ReadonlyMap<string, Operation>
  /** Whether `states` are values that the culprit could have answered (else: states of the object). */
  readonly exact: boolean
  /** Whether the others are possible without the culprit. */
  readonly blamed: boolean
}

/** The lines. */
export function reasons(story: Story): string[] {
  const lines = [...orderLines(story), ...possibleLines(story), ...valueLines(story)]
  if (story.blamed && story.operations.length > 1) {
    lines.push(`Without ${nameOf(story.operations[story.culprit]!)} the others have an order; with it there is none.`)
  }
  return lines
}

/** `#4102 (write 3 by process 2)`. */
export function nameOf(operation: Operation): string {
  const {f, input, output, outcome} = operation
  if (f === 'txn' && outcome === 'ok') {
    return `#${operation.invoke.index} (txn ${showValue(output)} by process ${operation.process})`
  }
  const asked = input === null || input === undefined ? f : `${f} ${shortValue(input)}`
  const answer =
    outcome !== 'ok' || output === undefined || describeValue(output) === describeValue(input) || output === null
      ? f === 'read' && outcome === 'ok' && output === null
        ? ' → null'
        : ''
      : ` → ${shortValue(output)}`
  const fate = outcome === 'info' ? ', outcome unknown' : outcome === 'fail' ? ', refused' : ''
  return `#${operation.invoke.index} (${asked}${answer} by process ${operation.process}${fate})`
}

/** Stories of more operations than this are looked at, not read. */
const MOST_TOLD = 24

function orderLines({small, operations}: Story): string[] {
  if (operations.length > MOST_TOLD) {
    return [`These ${operations.length} operations have no order that is true to real time and explains every answer.`]
  }
  const order = Array.from(operations.keys()).sort((left, right) => small.invokeAt[left]! - small.invokeAt[right]!)
  const pairs: string[] = []
  for (const later of order) {
    // The immediate predecessors only: those that no other predecessor follows.
    const before = order.filter((i) => small.returnAt[i]! < small.invokeAt[later]!)
    for (const i of before) {
      if (before.some((j) => small.returnAt[i]! < small.invokeAt[j]!)) continue
      pairs.push(`${nameOf(operations[i]!)} finished before ${nameOf(operations[later]!)} began, so it comes first.`)
    }
  }
  return pairs
}

/** With more values than this, who wrote each is no help. */
const MOST_WRITERS = 4

function possibleLines({operations, culprit, states: texts, writers, exact, small, model}: Story): string[] {
  if (texts.length === 0) return []
  const states = texts.map((text) => {
    const writer = texts.length > MOST_WRITERS ? undefined : writers.get(text)
    return writer === undefined ? text : `${text} (from #${writer.invoke.index})`
  })
  const list = states.length === 1 ? states[0]! : `${states.slice(0, -1).join(', ')} or ${states.at(-1)}`
  const pending = Array.from(operations.keys()).filter((i) => small.returnAt[i] === NEVER && i !== culprit)
  const maybe =
    pending.length === 0 || model.structure?.kind !== 'register'
      ? ''
      : ' (counting operations whose outcome is unknown)'
  return [
    exact
      ? `When ${nameOf(operations[culprit]!)} ran, the value could only be ${list}${maybe}.`
      : `When nothing could follow any more, the state could only be ${list}${maybe}.`,
  ]
}

/** What is known of the value that was seen: who wrote it, and that it cannot come back. */
function valueLines({model, small, operations, culprit, states}: Story): string[] {
  const {structure} = model
  if (structure?.kind !== 'register') return []
  const seen = structure.observes(small.calls[small.call[culprit]!]!)
  if (seen === undefined || 'not' in seen) return []
  const value = describeValue(seen.value)
  const writers = Array.from(operations.keys()).filter((i) => {
    const made = structure.produces(small.calls[small.call[i]!]!)
    return i !== culprit && made !== undefined && describeValue(made.value) === value
  })
  if (writers.length > 0) {
    const names = writers.map((i) => nameOf(operations[i]!)).join(', ')
    return [`${shortValue(seen.value)} came from ${names}; nothing that was still to happen writes it again.`]
  }
  if (value === describeValue(model.init)) {
    return model.describe === undefined
      ? [`${shortValue(seen.value)} is the initial value, and nobody writes it again.`]
      : [`${model.describe(model.init)} is how it began, and nothing that was still to happen leads back to it.`]
  }
  return [`No operation that had begun by then writes ${shortValue(seen.value)}.`, ...asText(seen.value, states)]
}

/** A client that hands on the text of a number is the commonest mistake of one that was just written. */
function asText(seen: unknown, states: readonly string[]): string[] {
  if (typeof seen !== 'string' || !states.includes(seen)) return []
  return [
    `The number ${seen} would have been possible; a text is another value. Does the client make numbers of what it reads?`,
  ]
}
