/**
 * Exits: whether every node ran for as long as nobody ended it.
 *
 * Definition. *Unknown* where a node that had served ended by itself: a crash, or a design that gives up (Galera without a quorum),
 * which only somebody who knows the system can tell apart. One that gave up while it was being started is counted, and no more:
 * whoever supervises it starts it again, and so do we once the faults are over; that it then serves is `recovery`'s business.
 * Never *invalid*.
 *
 * Proves: nothing beyond what was seen. Cannot see: a child process that crashed and was replaced by the node itself; for those
 * there is `node-logs`.
 */

import type {Checker} from '../../core/checker.ts'
import {exitsIn} from '../../core/exits.ts'
import {counted} from '../../core/quantities.ts'
import {verdictOf} from '../findings/finding.ts'

export function exits(): Checker {
  return {
    name: 'exits',
    description: 'no node ended by itself after it had served',
    check(history) {
      const seen = exitsIn(history.nemesisOps)
      const crashed = seen.filter(({served}) => served)
      const gaveUp = seen.length - crashed.length
      const [first] = crashed
      return verdictOf({
        checker: 'exits',
        property: 'nodes keep running',
        kind: 'liveness',
        summary:
          seen.length === 0
            ? 'no node ended by itself'
            : [
                ...(crashed.length === 0 ? [] : [`${counted(crashed.length, 'exit')} of serving nodes`]),
                ...(gaveUp === 0 ? [] : [`gave up starting ${gaveUp === 1 ? 'once' : `${gaveUp} times`}`]),
              ].join(', '),
        reason: first
          ? sentence(first, crashed.length - 1)
          : history.ops.length === 0
            ? 'There are no operations.'
            : undefined,
        measures: {crashed: crashed.length, gaveUpStarting: gaveUp},
      })
    },
  }
}

function sentence({node, how, timeNs, log}: ReturnType<typeof exitsIn>[number], more: number): string {
  const last = log.at(-1)?.trim()
  const others = more === 0 ? '' : ` ${counted(more, 'other exit')} followed.`
  return (
    `Node ${node} ${how} after ${(timeNs / 1e9).toFixed(1)} s, and nobody had asked it to` +
    `${last === undefined ? '' : `; its log (logs/${node}.log) ends: ${last}`}.${others}`
  )
}
