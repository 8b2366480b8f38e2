/**
 * A register that counts its changes, as etcd's keys do, and Jepsen's test of etcd records them: every value is a pair
 * `[version, value]`. `read` answers the version it found, `write` and `cas` (of `[version, [old, new]]`) the version that
 * they made, one more than the last. A version that nobody knows is null. It begins at version 0 with null.
 *
 * Stricter than Jepsen's `VersionedRegister` in one thing: a read that found no value observes that there was none.
 */
import {UsageError} from '../../../core/error.ts'
import {showValue} from '../../../core/value.ts'
import {canonical} from '../canonical.ts'
import type {Call, Model} from '../model.ts'

type Versioned = readonly [version: number, value: unknown]

const same = (left: unknown, right: unknown): boolean => left === right || canonical(left) === canonical(right)

function pairOf(pair: unknown, f: string): readonly [unknown, unknown] {
  if (Array.isArray(pair) && pair.length === 2) return pair as unknown as readonly [unknown, unknown]
  if (pair === null || pair === undefined) return [null, null]
  throw new UsageError(`the value of ${f} is a pair, [version, value]; found ${showValue(pair)}.`)
}

/** What was asked and, once it is known, which version that was or became. */
function told({f, input, output}: Call): {readonly version: unknown; readonly value: unknown} {
  const [, asked] = pairOf(input, f)
  const [version, answered] = pairOf(output, f)
  return {version, value: f === 'read' ? answered : asked}
}

/** The state as a pair: `--option initial` may have made it anything. */
function stateOf(state: unknown): Versioned {
  const [version, value] = pairOf(state, 'the initial state')
  return [Number(version), value]
}

export const versionedRegister: Model<Versioned> = {
  name: 'versioned-register',
  description: 'read, write and compare-and-set one value and its version',
  functions: ['read', 'write', 'cas'],
  reads: ['read'],
  init: [0, null],
  observesFailure: ({f}) => f === 'cas',
  step(state, call) {
    const [current, held] = stateOf(state)
    const {version, value} = told(call)
    if (call.f === 'read') {
      if (call.outcome !== 'ok') return state
      return (version === null || version === current) && same(value, held) ? state : undefined
    }
    const [from, to] = call.f === 'cas' ? pairOf(value, 'cas') : [held, value]
    if (call.outcome === 'fail') return same(from, held) ? undefined : state
    const next = current + 1
    if ((version !== null && version !== next) || !same(from, held)) return undefined
    return [next, to]
  },
  describe: ([version, value]) => `${showValue(value)} of version ${version}`,
}
