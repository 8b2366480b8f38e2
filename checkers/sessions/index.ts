/** The models that sessions can tell apart, and sequential consistency. */
import type {Checker} from '../../core/checker.ts'
import {type SessionOptions, session} from './session.ts'

export {SESSION_MODELS, type SessionModel} from './models.ts'
export {sequentialConsistency} from './sequential-checker.ts'
export {type SessionOptions, session} from './session.ts'

export const monotonicReads = (options?: SessionOptions): Checker => session('monotonic-reads', options)
export const readYourWrites = (options?: SessionOptions): Checker => session('read-your-writes', options)
export const monotonicWrites = (options?: SessionOptions): Checker => session('monotonic-writes', options)
export const writesFollowReads = (options?: SessionOptions): Checker => session('writes-follow-reads', options)
export const pram = (options?: SessionOptions): Checker => session('pram', options)
export const causal = (options?: SessionOptions): Checker => session('causal', options)
