/**
 * Locks with leases and fencing tokens, and the resource that each protects. Every client runs the same story again and
 * again: acquire a lock for `LEASE_MS`, use the resource, perhaps sleep for longer than the lease (as a garbage collection
 * or a stopped virtual machine would have it), use it once more, release. No two may hold a lock during their leases, and
 * the resource must not accept an older token after a newer one.
 *
 * A client remembers its token: the value of `use` and `release` is what the completion says.
 */
import {lock as lockChecker} from '../checkers/invariants/lock.ts'
import {lockWatch} from '../checkers/invariants/lock-watch.ts'
import type {Invocation} from '../core/generator.ts'
import {eachThread, fn, unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {onEveryNode} from './final-reads.ts'

/** How long a client asks to hold a lock, ms. */
const LEASE_MS = 500
/** Rounds of one client on the same set of locks before it goes on to new ones: abandoned locks may stay held for ever. */
const ROUNDS = 4
/** The sleep between uses, in the share of rounds that have one, ms. */
const SLEEP_MS = {share: 0.4, least: 200, most: 1200}
/** Seldom one that outlasts any lease: stores grant none under a second or two, whatever they are asked for. */
const LONG_SLEEP_MS = {share: 0.08, least: 3000, most: 5000}

export const lock: Workload = {
  name: 'lock',
  description: 'locks with leases: acquires, uses with a fencing token, sleeps, releases',
  requires: ['acquire', 'use', 'release'],
  claims: ['linearizable'],
  generator: ({keys}) =>
    eachThread(
      unfold(0, (round, {random, timeNs}) => {
        const key = `x${keys * Math.floor(round / ROUNDS) + random.int(keys)}`
        const sleepMs = sleep(random, LONG_SLEEP_MS) || sleep(random, SLEEP_MS)
        const story: Invocation[] = [
          {f: 'acquire', key, value: LEASE_MS},
          {f: 'use', key},
          {f: 'use', key, atNs: timeNs + sleepMs * 1e6},
          {f: 'release', key},
        ]
        return [story, round + 1]
      }),
    ),
  /** One lock that nobody else wants, from every node: does it serve again? */
  finalGenerator: ({nodes}) => {
    const fresh = fn(({threads}) => ({f: 'acquire', key: `final${threads[0]}`, value: LEASE_MS, final: true}))
    return onEveryNode(nodes.length, fresh)
  },
  checkers: () => [lockChecker({fenced: false, leaseMs: LEASE_MS})],
  watch: () => lockWatch({leaseMs: LEASE_MS}),
}

function sleep(random: Random, {share, least, most}: typeof SLEEP_MS): number {
  return random.chance(share) ? random.between(least, most) : 0
}
