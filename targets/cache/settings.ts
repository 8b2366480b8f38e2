/** What may be changed with `--target-arg name=value`. */
import {lookUp} from '../../core/registry.ts'
import {repeated} from '../state-machine/limits.ts'
import {POLICIES, type Policy} from './balancer.ts'

export const SETTINGS = {
  /** How long an entry may be served, ms. */
  ttlMs: 900,
  /** The same for "there is no such key". */
  negativeTtlMs: 300,
  /** A cache that has not answered for so long is gone around, ms. */
  cacheMs: 50,
  /** A store that has not answered for so long is given up, ms. */
  storeMs: 300,
  /** Longest time that a server takes to make something of what it read from the store, ms. */
  thinkMs: 0,
  /** Time between two attempts to delete what could not be deleted, ms. */
  retryMs: 100,
}

export type Settings = typeof SETTINGS

export const LIMITS = [
  repeated('retryMs'),
  {name: 'storeMs', least: 30, why: 'a store that is given up at once is never read'},
] as const

/** Where servers keep what they have read: in one cache for all, or each in its own. */
export const MODES = {shared: 'shared', local: 'local'} as const

export type Mode = keyof typeof MODES

/** Throws UsageError for a mode that does not exist. */
export function modeOf(args: Readonly<Record<string, string>>): Mode {
  return lookUp('mode of cache', MODES, args['mode'] ?? 'shared')
}

/** How clients choose a server. Caches of their own are of use only where a key always goes to the same one. */
export function policyOf(args: Readonly<Record<string, string>>): Policy {
  return lookUp('balancing', POLICIES, args['balance'] ?? (modeOf(args) === 'local' ? 'hash' : 'round-robin'))
}
