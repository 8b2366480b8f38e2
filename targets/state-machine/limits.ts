/**
 * Numbers with which a design serves nobody, or is accused of what its timers do and no bug of it: a table for each target, so
 * that such a run is refused with what is accepted instead.
 */
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from './settings.ts'

/** One row: what a setting may be, and why. A name in place of a number is another setting, taken so many times. */
export interface Limit<Name extends string = string> {
  readonly name: Name
  readonly least?: number
  readonly most?: number
  /** At least so many times the other setting. */
  readonly times?: readonly [number, Name]
  readonly why: string
}

/** The first row that these settings are beyond, in words; undefined where they fit. */
export function beyond<Name extends string>(
  settings: Readonly<Record<Name, number>>,
  limits: readonly Limit<Name>[],
): string | undefined {
  for (const {name, least = 0, most = Number.POSITIVE_INFINITY, times, why} of limits) {
    const value = settings[name]
    if (times !== undefined && value < times[0] * settings[times[1]]) {
      return `${name}=${value} has to be at least ${times[0]} times ${times[1]}=${settings[times[1]]}: ${why}`
    }
    if (value >= least && value <= most) continue
    const range = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`
    return `${name}=${value} has to be ${range}: ${why}`
  }
  return undefined
}

/** `unfit` of a target whose numbers have these limits; what `beyond` says of the first that is broken. */
export function limitedBy<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  ...tables: readonly (readonly Limit<NoInfer<Name>>[])[]
): (options: TargetOptions) => string | undefined {
  const limits = tables.flat()
  return ({args}) => beyond(settingsFrom(defaults, args), limits)
}

const OFTEN = 'a timer that is always due leaves no time for anything else'
const SLOW = 'clients do not wait that long'

/** Of clients that ask again (`session.ts`). */
export const CLIENT_LIMITS = [
  {name: 'attemptMs', least: 10, why: 'an attempt needs the time of an answer'},
  {name: 'giveUpMs', least: 100, why: 'who gives up at once is never answered'},
] as const

/** Requests that are gathered. */
export const BATCH_LIMITS = [{name: 'batchMs', least: 0, most: 1000, why: SLOW}] as const

/** A timer that is set again whenever it has fired. */
export function repeated<Name extends string>(name: Name, least = 1): Limit<Name> {
  return {name, least, why: OFTEN}
}

/** Of leaders that look after leases (`leased-node.ts`). */
export const LEASE_LIMITS = [repeated('leaseTickMs')] as const

/** Something that is counted, of which there has to be one. */
export function some<Name extends string>(name: Name): Limit<Name> {
  return {name, least: 1, why: 'with none nothing is done'}
}

/** How long a leader that is not heard is waited for: longer than it takes between two signs of life. */
export function timeout<Name extends string>(name: Name, sign: Name): readonly Limit<Name>[] {
  return [
    {name, times: [2, sign], why: 'who is heard as seldom as that would be given up while it lives'},
    {name, least: 10, most: 10_000, why: SLOW},
  ]
}
