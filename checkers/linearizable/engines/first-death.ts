/** Where a history becomes impossible, for tests that only say that it is. */
import {restrict, type Trace} from '../trace.ts'

/**
 * The first event such that the history up to it is impossible, if the whole is: longer parts of an impossible history are
 * impossible too, so halving the interval finds it.
 */
export function firstDeath(trace: Trace, isImpossible: (part: Trace) => boolean): number {
  let possible = -1
  let impossible = trace.events.length - 1
  while (impossible - possible > 1) {
    const middle = (possible + impossible) >> 1
    if (isImpossible(restrict(trace, () => true, middle))) impossible = middle
    else possible = middle
  }
  return impossible
}
