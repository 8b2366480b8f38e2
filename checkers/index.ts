/** Every checker, by name, with its factory. Adding one is one file and one line. */
import type {Checker} from '../core/checker.ts'
import {availability} from './availability.ts'
import {convergence} from './convergence.ts'
import {counter} from './counter.ts'
import {listAppend, rwRegister} from './elle/index.ts'
import {exercise} from './exercise.ts'
import {recovery} from './recovery.ts'
import {reply} from './reply.ts'
import {setFull} from './set-full.ts'
import {stats} from './stats.ts'

/** Makes a checker; without options, the one that `chaos check` uses. */
export type CheckerFactory = (options?: never) => Checker

export const CHECKERS = {
  availability,
  convergence,
  counter,
  exercise,
  'list-append': listAppend,
  recovery,
  reply,
  'rw-register': rwRegister,
  'set-full': setFull,
  stats,
} as const satisfies Readonly<Record<string, CheckerFactory>>

export * from './elle/index.ts'
export {type LinearizableOptions, linearizable, MODELS} from './linearizable/index.ts'
export {parseThreshold, type Threshold, threshold} from './thresholds.ts'
export {availability, convergence, counter, exercise, recovery, reply, setFull, stats}
