/**
 * The client contract of plug-in targets: one method per operation. The careless path is the safe one: returning is
 * *ok*, `throw new NotDone(reason)` is *fail*, and anything else thrown (or a deadline passed) is *info*.
 */
import type {Key} from './op.ts'

/** Throw it when the operation certainly did not take effect. Its reason is recorded in the history. */
export class NotDone extends Error {
  override name = 'NotDone'

  constructor(message?: string, options?: ErrorOptions) {
    // It is an answer: nobody looks where it was made, and to find that out takes longer than all else that is done for it.
    const {stackTraceLimit} = Error
    Error.stackTraceLimit = 0
    super(message, options)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** What an operation is asked to do. */
export interface Request {
  readonly f: string
  readonly key: Key | undefined
  readonly value: unknown
  /** Aborts when the deadline passes; the outcome is then *info* whatever the method does later. */
  readonly signal: AbortSignal
}

/** One connection of one process. Methods are called one at a time. */
export interface Client {
  /** By function name (`read`, `write`, `cas`, …): resolves to the completion's value. */
  readonly operations: Readonly<Record<string, (request: Request) => Promise<unknown>>>
  close(): Promise<void>
}

/** What became of an invocation. */
export type Outcome =
  | {readonly type: 'ok'; readonly value: unknown}
  | {readonly type: 'fail'; readonly error: string}
  | {readonly type: 'info'; readonly error: string}
