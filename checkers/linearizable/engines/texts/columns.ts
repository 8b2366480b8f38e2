/**
 * A text that grows and is replaced, seen as a register with compare-and-set.
 *
 * What a get answered tells which appends had run, and in which order, if it can be taken apart in one way only: a put
 * text (or the empty one) followed by appended ones. Each append inside it is then a cas from the text before it to the
 * text after it. An append that no get shows is a write of a value that nobody sees: like such a write it can come last in
 * any stretch between two puts, or at the end, and nowhere else. So the history is possible exactly if that of the register
 * is, and all that is known of registers applies: zones, search, shrinking.
 *
 * A text that is appended several times leaves open which append is which step. Each way to say so is a register of its
 * own, and the history is possible if one of them is; beyond a few ways this does not apply.
 */
import {column8, column32} from '../../../columns/column.ts'
import type {TextRole} from '../../model.ts'
import {NEVER, type Trace} from '../../trace.ts'
import {CAS, READ, type RegisterColumns, WRITE, withNeeds} from '../register/columns.ts'
import {type ShownTooOften, type Step, TextReading} from './reading.ts'

/** Ways to say which append is which step. */
const MOST_WAYS = 1000

export type TextView =
  | {
      /** The registers of which one must be possible. */
      readonly ways: readonly RegisterColumns[]
      /** Operations that are not the same in all ways. */
      readonly ambiguous: ReadonlySet<number>
      /** By value: the text that it is. Values beyond are texts that nobody saw. Absent where the values are no texts. */
      readonly texts?: readonly string[]
      /** By operation, in the first way: the get that shows what an append made; -1 where it is no append or nobody saw it. */
      readonly shownBy?: Int32Array
    }
  /** Operations that are impossible by themselves, and for texts what shows it. */
  | {readonly impossible: readonly number[]; readonly tooOften?: ShownTooOften | undefined}
  | undefined

/** The register, or registers, that a trace of texts can be seen as; undefined where it cannot. */
export function textView(trace: Trace, roleOf: (call: Trace['calls'][number]) => TextRole): TextView {
  const roles = trace.calls.map(roleOf)
  const reading = new TextReading(trace, roles)
  const problem = reading.read()
  if (problem === 'unclear') return undefined
  if (problem !== undefined) return {impossible: problem.core, tooOften: problem.tooOften}
  const ways = waysOf(trace, reading)
  if (ways === undefined) return undefined
  if (ways.length === 0) return undefined
  const ambiguous = ways.length === 1 ? NONE : ambiguousOf(ways)
  const shownBy = column32(trace.size).fill(-1)
  const [first] = ways
  for (let i = 0; i < trace.size; i++) shownBy[i] = first![i]?.shownBy ?? -1
  return {ways: ways.map((steps) => columnsOf(trace, roles, reading, steps)), ambiguous, texts: reading.texts, shownBy}
}

const NONE: ReadonlySet<number> = new Set()

function ambiguousOf(ways: readonly Steps[]): ReadonlySet<number> {
  const [first] = ways
  return new Set(
    Array.from(first!.keys()).filter((operation) => ways.some((way) => way[operation] !== first![operation])),
  )
}

/** By operation: the step that an append is; undefined for one that no get shows, and for what is no append. */
type Steps = readonly (Step | undefined)[]

function waysOf(trace: Trace, reading: TextReading): Steps[] | undefined {
  let ways = [new Array<Step | undefined>(trace.size).fill(undefined)]
  for (const [text, operations] of reading.appends) {
    const choices = choicesOf(trace, reading, reading.stepsOf.get(text) ?? [], operations)
    if (choices === undefined || ways.length * choices.length > MOST_WAYS) return undefined
    if (choices.length !== 1) ways = ways.flatMap((way) => choices.map(() => way.slice()))
    ways.forEach((way, w) => {
      const chosen = choices[w % choices.length]!
      for (let k = 0; k < operations.length; k++) way[operations[k]!] = chosen[k]
    })
  }
  return ways
}

/** The ways to say which of these appends of one text took which of its steps. */
function choicesOf(
  {invokeAt}: Trace,
  reading: TextReading,
  steps: readonly Step[],
  operations: readonly number[],
): (Step | undefined)[][] | undefined {
  // Nearly always: a text that one operation appends, seen behind one text or none.
  if (operations.length === 1 && steps.length < 2) {
    const [step] = steps
    if (step === undefined) return [[undefined]]
    const may = reading.mayRecur(step) || step.shownAt > invokeAt[operations[0]!]!
    if (step.required) return may ? [[step]] : []
    return may ? [[undefined], [step]] : [[undefined]]
  }
  let choices: (Step | undefined)[][] = [[]]
  for (const operation of operations) {
    // A step is taken once, unless its text can be there again; then not by what began when it had been shown.
    const possible = steps.filter((step) => reading.mayRecur(step) || step.shownAt > invokeAt[operation]!)
    choices = choices.flatMap((chosen) =>
      [undefined, ...possible]
        .filter((step) => step === undefined || !chosen.includes(step) || reading.mayRecur(step))
        .map((step) => [...chosen, step]),
    )
    if (choices.length > 10 * MOST_WAYS) return undefined
  }
  // Every required step was taken by somebody.
  return choices.filter((chosen) => steps.every((step) => !step.required || chosen.includes(step)))
}

function columnsOf(trace: Trace, roles: readonly TextRole[], reading: TextReading, steps: Steps): RegisterColumns {
  const {size, call, returnAt, invokeAt, events} = trace
  const kind = column8(size)
  const sees = column32(size).fill(-1)
  const leaves = column32(size).fill(-1)
  let values = reading.values
  for (let i = 0; i < size; i++) {
    const {role, text} = roles[call[i]!]!
    if (role === 'get') {
      kind[i] = READ
      // A get that was cut off saw nothing.
      if (returnAt[i] !== NEVER) sees[i] = reading.valueOf.get(text)!
      continue
    }
    const step = steps[i]
    kind[i] = step === undefined ? WRITE : CAS
    if (step !== undefined) {
      sees[i] = step.from
      leaves[i] = step.to
    } else leaves[i] = role === 'put' ? reading.puts.get(text)! : values++
  }
  return withNeeds({size, kind, sees, leaves, invokeAt, returnAt, events, values, negations: false})
}
