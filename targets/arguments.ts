/** Arguments of targets, `--target-arg name=value`: a name that is not known or a value that is not offered is refused. */
import {unknownName} from '../core/registry.ts'
import type {Target, TargetOptions} from '../core/target.ts'
import {settingsFrom} from './state-machine/settings.ts'

/** Throws UsageError for an argument that the target does not take, or a value that is none of those it may have. */
export function demandArguments({name: target, accepts}: Target, args: TargetOptions['args']): void {
  if (accepts === undefined) return
  for (const [name, value] of Object.entries(args)) {
    // The harness hands the workload to every target.
    if (name === 'workload') continue
    const offered = Object.hasOwn(accepts, name) ? accepts[name] : undefined
    if (offered === undefined) throw unknownName(`target argument of ${target}`, name, Object.keys(accepts))
    if (typeof offered === 'number') settingsFrom({[name]: offered}, args)
    else if (!offered.includes(value)) throw unknownName(`value of the target argument ${name}`, value, offered)
  }
}

/** For each argument the values that it takes, the default first. */
export type Offered = Readonly<Record<string, readonly [string, ...string[]]>>

export type Chosen<T extends Offered> = {readonly [K in keyof T]: T[K][number]}

/** The arguments with their defaults. Throws UsageError. */
export function chosen<const T extends Offered>(target: string, offered: T, {args}: TargetOptions): Chosen<T> {
  for (const [name, value] of Object.entries(args)) {
    // The harness hands the workload to every target.
    if (name === 'workload') continue
    const values = Object.hasOwn(offered, name) ? offered[name] : undefined
    if (values === undefined) throw unknownName(`target argument of ${target}`, name, Object.keys(offered))
    if (!values.includes(value)) throw unknownName(`value of the target argument ${name}`, value, values)
  }
  const pairs = Object.entries(offered).map(([name, values]) => [name, args[name] ?? values[0]])
  return Object.fromEntries(pairs) as Chosen<T>
}
