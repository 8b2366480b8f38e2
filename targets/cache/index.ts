/**
 * `cache`: cache-aside over a store, behind a load balancer. What it promises is that no read is older than a second; see
 * `node.ts` for who is who, `settings.ts` for what `--target-arg` can change.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {limitedBy} from '../state-machine/limits.ts'
import {POLICIES} from './balancer.ts'
import {bugs} from './bugs.ts'
import {CacheNode} from './node.ts'
import {CacheSession} from './session.ts'
import {LIMITS, MODES, SETTINGS} from './settings.ts'

export const protocol: Protocol = {
  createNode: (env, options) => new CacheNode(env, options),
  createSession: (env, options) => new CacheSession(env, options),
}

export const cache = {
  name: 'cache',
  description: 'cache-aside over a store behind a load balancer: versioned deletes, time to live, single-flight',
  claims: {staleness: 'bounded-staleness-1000ms'},
  functions: ['read', 'write'],
  bugs,
  defaultNodes: 5,
  minNodes: 3,
  accepts: {...SETTINGS, mode: Object.keys(MODES), balance: Object.keys(POLICIES)},
  unfit: limitedBy(SETTINGS, LIMITS),
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
