/**
 * Final reads of things that can be looked at as often as one likes. Each is tried until it succeeds, and given up on after
 * a *time*, not after so many attempts: on a busy machine, or while a cluster that has just been healed changes its leader,
 * a handful of refusals takes no longer than a moment, and a node that refuses for a moment has not had an outage.
 *
 * Attempts come at once first, then with growing pauses. A thread has this patience once: where everything is dead, every
 * further key would be waited for as long. What comes after it has given up is asked a few times, quickly.
 */
import type {Context, Generator, GeneratorEvent, Step} from '../core/generator.ts'
import {eachThread, lift, onThreads, type Source} from '../core/generators.ts'
import type {Key} from '../core/op.ts'

/**
 * How long a thread waits for what does not succeed, ms, before its absence is accepted: twice the outage that `availability`
 * puts up with.
 */
export const FINAL_PATIENCE_MS = 20_000
/** Attempts that follow each other at once, and that every read is given. */
const PROMPT_ATTEMPTS = 5
/** How long those may take together, ms, once the patience of a thread is used up. */
const SHORT_PATIENCE_MS = 1000
/** Pauses after those, ms: the first, and the longest; each is twice the one before it. */
const PAUSE_MS = {first: 50, longest: 1000}

/** The pause before the next attempt after this many that failed in a row, ms. */
export function pauseMs(failures: number): number {
  if (failures < PROMPT_ATTEMPTS) return 0
  return Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** (failures - PROMPT_ATTEMPTS))
}

/** One read of every key by one thread for each node, each tried again until it succeeds. */
export function finalReads(keys: readonly Key[], nodes: number, f = 'read'): Generator {
  return onEveryNode(nodes, ...keys.map((key) => ({f, key, final: true})))
}

/** These questions in turn, by one thread for each node, each tried again until it succeeds. */
export function onEveryNode(nodes: number, ...questions: readonly Source[]): Generator {
  return onThreads((thread) => typeof thread === 'number' && thread < nodes, eachThread(patiently(...questions)))
}

/** These questions in turn, each tried again until it succeeds or patience ends. For a single thread. */
export function patiently(...questions: readonly Source[]): Generator {
  return new Patient(questions, {at: 0, failures: 0, sinceNs: 0, notBeforeNs: 0, patient: true})
}

/** Where a thread is. */
interface Place {
  /** Which question. */
  readonly at: number
  /** How often it has failed. */
  readonly failures: number
  /** When it was first asked. */
  readonly sinceNs: number
  readonly notBeforeNs: number
  /** Whether nothing has been given up on. */
  readonly patient: boolean
}

class Patient implements Generator {
  readonly #questions: readonly Source[]
  readonly #place: Place

  constructor(questions: readonly Source[], place: Place) {
    this.#questions = questions
    this.#place = place
  }

  next(context: Context): Step {
    const {at, failures, notBeforeNs} = this.#place
    const question = this.#questions[at]
    if (question === undefined) return undefined
    if (notBeforeNs > context.timeNs) return {kind: 'pending', untilNs: notBeforeNs}
    const step = lift(question).next(context)
    if (step?.kind !== 'op') return step
    const place = failures === 0 ? {...this.#place, sinceNs: context.timeNs} : this.#place
    return {kind: 'op', op: step.op, next: new Patient(this.#questions, place)}
  }

  update(event: GeneratorEvent): Generator {
    if (event.kind !== 'completed') return this
    return new Patient(this.#questions, after(this.#place, event.outcome.type === 'ok', event.timeNs))
  }
}

function after(place: Place, succeeded: boolean, timeNs: number): Place {
  const onward = {...place, at: place.at + 1, failures: 0, notBeforeNs: 0}
  if (succeeded) return onward
  const failures = place.failures + 1
  const takenMs = (timeNs - place.sinceNs) / 1e6
  const again = place.patient
    ? failures < PROMPT_ATTEMPTS || takenMs < FINAL_PATIENCE_MS
    : failures < PROMPT_ATTEMPTS && takenMs < SHORT_PATIENCE_MS
  if (!again) return {...onward, patient: false}
  return {...place, failures, notBeforeNs: timeNs + pauseMs(failures) * 1e6}
}
