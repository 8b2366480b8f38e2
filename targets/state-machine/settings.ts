/** Numbers that an operator may change with `--target-arg name=value`, on top of a target's defaults. */
import {UsageError} from '../../core/error.ts'

/** Names of settings that are times; the others count something, or are 0 or 1. */
const TIME = /Ms$/

/** The defaults with what was given in their place. Throws UsageError for a value that is no number of at least 0, or no whole one of a count. */
export function settingsFrom<T extends Readonly<Record<string, number>>>(
  defaults: T,
  args: Readonly<Record<string, string>>,
): T {
  const changed = Object.keys(defaults).filter((name) => Object.hasOwn(args, name))
  return {...defaults, ...Object.fromEntries(changed.map((name) => [name, numberOf(name, args[name] as string)]))}
}

function numberOf(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < 0) {
    throw new UsageError(`The target argument ${name}=${text} is not a number.`, ['Give a number of at least 0.'])
  }
  if (Number.isInteger(value) || TIME.test(name)) return value
  throw new UsageError(`The target argument ${name}=${text} is not a whole number.`, [
    'Give a whole number of at least 0.',
  ])
}
