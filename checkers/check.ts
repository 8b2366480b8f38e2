/**
 * Judging a history from a program of your own.
 *
 *     import {check} from 'chaos/checkers'
 *
 *     const verdict = await check(ops, 'linearizable')
 *     if (verdict.validity === 'invalid') console.log(verdict.anomalies[0]?.sentence)
 */
import type {Checker, CheckOptions} from '../core/checker.ts'
import {History, history} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {lookUp} from '../core/registry.ts'
import {OpStore} from '../core/store/op-store.ts'
import type {Verdict} from '../core/verdict.ts'
import {withoutRounded} from './findings/rounded.ts'

/** A history, or its ops: all at once, or as they come. */
export type CheckInput = History | Iterable<Op> | AsyncIterable<Op>

/** Makes a checker; every option has a default. */
export type CheckerFactory = (options?: never) => Checker

/**
 * The verdict of one checker: one of `CHECKERS` by name, with its defaults, or any other. Throws UsageError where the ops break
 * the pairing rule or the checker's needs (unique values, …), and for a name that does not exist.
 */
export type Check<Name extends string> = (
  input: CheckInput,
  checker: Name | Checker,
  options?: CheckOptions,
) => Promise<Verdict>

/** `check` for the checkers of this registry. */
export function checkWith<Name extends string>(registry: Readonly<Record<Name, CheckerFactory>>): Check<Name> {
  return async (input, checker, options = {}) => {
    const judge =
      typeof checker === 'string' ? (lookUp<CheckerFactory>('checker', registry, checker) as () => Checker)() : checker
    const record = await historyOf(input)
    return withoutRounded(record, await judge.check(record, options))
  }
}

async function historyOf(input: CheckInput): Promise<History> {
  if (input instanceof History) return input
  if (Array.isArray(input)) return history(input as readonly Op[])
  const store = new OpStore()
  for await (const op of input) store.push(op)
  return history(store)
}
