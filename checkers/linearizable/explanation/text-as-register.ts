/**
 * The trace of a text, told as that of a register whose values are whole texts: a put is a write, an append that some get
 * shows a compare-and-set from the text before it to the text after it (see `columns.ts`). Stories are made from this one.
 * An append need then not bring all its forerunners along, as it must where the object itself has to be run.
 */
import {shortValue} from '../canonical.ts'
import {READ, type RegisterColumns, WRITE} from '../engines/register/columns.ts'
import {textView} from '../engines/texts/columns.ts'
import type {Call, Model} from '../model.ts'
import {casRegister} from '../models/register.ts'
import {NEVER, type Trace} from '../trace.ts'

/** A text that ends in this one; how it begins nobody saw. */
interface Unseen {
  readonly endsIn: string
}

const textRegister: Model = {
  ...casRegister,
  name: 'text',
  init: '',
  describe: (state) => (typeof state === 'string' ? shortValue(state) : `…${shortValue((state as Unseen).endsIn)}`),
}

export interface TextAsRegister {
  readonly model: Model
  /** With the operations' own numbers. */
  readonly trace: Trace
  /** By operation: the get that shows what an append made; -1 for none. */
  readonly shownBy: Int32Array
}

/** Undefined where the texts can be read in several ways. */
export function asRegister(model: Model, trace: Trace): TextAsRegister | undefined {
  const {structure} = model
  if (structure?.kind !== 'text') return undefined
  const view = textView(trace, (call) => structure.role(call))
  if (
    view === undefined ||
    !('ways' in view) ||
    view.ways.length !== 1 ||
    view.texts === undefined ||
    view.shownBy === undefined
  )
    return undefined
  const calls: Call[] = []
  for (let i = 0; i < trace.size; i++) {
    const role = structure.role(trace.calls[trace.call[i]!]!)
    const seen = callOf(view.ways[0]!, i, view.texts, role.text)
    calls.push(trace.returnAt[i] === NEVER ? {...seen, output: undefined, outcome: 'info'} : seen)
  }
  return {model: textRegister, trace: {...trace, calls, call: Int32Array.from(calls.keys())}, shownBy: view.shownBy}
}

function callOf({kind, sees, leaves}: RegisterColumns, operation: number, texts: readonly string[], own: string): Call {
  const textOf = (value: number) => texts[value] ?? ({endsIn: own} satisfies Unseen)
  if (kind[operation] === READ) {
    return {f: 'read', input: null, output: sees[operation]! < 0 ? undefined : textOf(sees[operation]!), outcome: 'ok'}
  }
  const left = textOf(leaves[operation]!)
  if (kind[operation] === WRITE) return {f: 'write', input: left, output: left, outcome: 'ok'}
  const pair = [textOf(sees[operation]!), left]
  return {f: 'cas', input: pair, output: pair, outcome: 'ok'}
}
