/**
 * A model: what one object would answer if its operations ran one at a time. Linearizability asks whether some order of
 * the operations, true to real time, makes this sequential object give the answers that were seen (Herlihy & Wing 1990).
 *
 * Models are data: a start, a step, and a few optional facts that make the search faster or the story better. Bring your
 * own by passing an object of this shape wherever a model's name is accepted.
 */
import type {Key} from '../../core/op.ts'

/** One operation as a model sees it: what was asked and, where it is known, what was answered. */
export interface Call {
  readonly f: string
  /** The invocation's value. */
  readonly input: unknown
  /** The completion's value; undefined unless the outcome is `ok`. */
  readonly output: unknown
  /**
   * - `ok`: it happened and answered `output`.
   * - `info`: it may happen; its answer is unknown, so every answer is legal.
   * - `fail`: it was refused, and the refusal is trusted: a pure observation ("the value was not 3"). Models see one only
   *   if their `observesFailure` asked for it.
   */
  readonly outcome: 'ok' | 'info' | 'fail'
  readonly error?: unknown
}

export interface Model<S = unknown> {
  readonly name: string
  /** One line for `chaos list`. */
  readonly description: string
  /** Functions it knows; an operation with another one is refused as bad usage. */
  readonly functions: readonly string[]
  /** Those among them that never change any state. They are linearized as soon as they can be, and left out when unknown. */
  readonly reads: readonly string[]
  /** Further calls that can change no state, such as a removal that found nothing. */
  pure?(call: Call): boolean
  readonly init: S
  /** The state after this call, or undefined where the object could not have answered so. Never changes `state`. */
  step(state: S, call: Call): S | undefined
  /**
   * Every state after this call where there may be several (an unknown dequeue from a bag). Asked first; undefined means
   * that `step` knows.
   */
  branches?(state: S, call: Call): readonly S[] | undefined
  /** Equal states must have equal hashes; without `equal`, equal hashes mean equal states. Default: canonical JSON. */
  hash?(state: S): string | number
  equal?(left: S, right: S): boolean
  /** The state for a person: `7`, `{x: 1, y: 2}`. Default: JSON. */
  describe?(state: S): string
  /** What it is called when this call was the impossible one, where there is a better name than that of its structure. */
  breach?(call: Call): string | undefined
  /** The independent object that an operation is about. Default: the operation's key. */
  partition?(operation: {readonly f: string; readonly key: Key | undefined; readonly input: unknown}): Key | undefined
  /** Whether a trusted failure tells something of the state; `step` is then asked with outcome `fail`. */
  observesFailure?(call: Call): boolean
  /** Opens faster engines and smaller counterexamples. Without it the general search is used, and only reads are left out. */
  readonly structure?: Structure
}

/** What is known of a model beyond its steps. It must be exact: engines and counterexamples rely on it. */
export type Structure =
  | {
      /**
       * The state is the value of the latest producer, and a call is legal exactly when it observes the state as it is.
       * Opens the register engines.
       */
      readonly kind: 'register'
      /** The value that this call leaves behind, if it is a producer. */
      produces(call: Call): {readonly value: unknown} | undefined
      /** The value that this call needs or finds the register to have, or not to have. */
      observes(call: Call): {readonly value: unknown} | {readonly not: unknown} | undefined
      /** The same call, had it seen this value instead. */
      seeing(call: Call, value: unknown): Call
      /** The same call, had it not looked: what it leaves behind, it leaves in any case. Makes smaller stories. */
      blind?(call: Call): Call | undefined
      /** Present where calls have the standard shape: they are then read without an object for each. */
      readonly words?: StandardWords
    }
  | {
      /** A text that is put, appended to, and read; it begins empty. */
      readonly kind: 'text'
      role(call: Call): TextRole
    }
  | {
      /**
       * A collection whose elements do not depend on each other: taking all calls that name an element out of a possible
       * history leaves a possible one. Opens the collection engines, which want each element inserted once.
       */
      readonly kind: 'collection'
      /** What may be removed: the oldest (`fifo`), the newest (`lifo`), any (`bag`), the one named (`set`), none (`log`). */
      readonly order: 'fifo' | 'lifo' | 'bag' | 'set' | 'log'
      role(call: Call): Role
    }

/**
 * Function names of a register of standard shape: `read` answers the value, `write` takes it, `cas` takes [old, new]. A
 * trusted refusal of a read found the initial value, of a cas that the value was not the old one.
 */
export interface StandardWords {
  readonly read: string
  readonly write: string
  readonly cas: string | undefined
}

/** What a call does to a text; with what it put, appended, or found. */
export interface TextRole {
  readonly role: 'put' | 'append' | 'get'
  readonly text: string
}

/** What a call does to a collection. */
export type Role =
  | {readonly role: 'insert'; readonly element: unknown}
  | {readonly role: 'remove'; readonly element: unknown}
  /** Removed something, or nothing: nobody knows. */
  | {readonly role: 'remove-unknown'}
  /** Found the collection empty. */
  | {readonly role: 'empty'}
  /** Found this element there, or not there. */
  | {readonly role: 'member'; readonly element: unknown; readonly present: boolean}
  /** Found exactly these; in this order in a `log`. */
  | {readonly role: 'all'; readonly elements: readonly unknown[]}

/** The elements that a call names. */
export function elementsOf(role: Role): readonly unknown[] {
  if (role.role === 'all') return role.elements
  return 'element' in role ? [role.element] : []
}

/** Whether this call can change no state. */
export function isRead(model: Model, call: Call): boolean {
  return call.outcome === 'fail' || model.reads.includes(call.f) || model.pure?.(call) === true
}
