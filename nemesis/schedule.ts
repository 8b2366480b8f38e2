/**
 * When faults strike. Every nemesis has its own interval and its own stream of chance, so that adding or removing one
 * leaves the schedules of the others as they were.
 */
import type {FaultSpec, PlanContext, PlannedFault} from '../core/nemesis.ts'
import {asDrawn} from './spec.ts'

/** Every fault ends by this part of the time in which clients run, so that they see the system heal. */
export const LAST_STOP = 0.97
/** Shortest stretch that the end of a run may leave of a fault that was to last longer, ms. */
const SHORTEST_REST_MS = 200

/**
 * Alternates calm and fault: calm for 0.2 to 0.6 of the interval, then the fault for 0.4 to 0.8 of it. The last injection
 * ends within `timeMs`, so that every run sees the system heal while clients still talk to it. A short interval has short faults.
 */
export function alternate(context: PlanContext, makeSpec: () => FaultSpec): PlannedFault[] {
  const {random, timeMs, intervalMs} = context
  const planned: PlannedFault[] = []
  for (let startMs = calm(); ; ) {
    const lengthMs = Math.max(1, Math.round(intervalMs * (0.4 + 0.4 * random.next())))
    const stopMs = Math.min(startMs + lengthMs, Math.round(timeMs * LAST_STOP))
    if (stopMs - startMs < Math.min(lengthMs, SHORTEST_REST_MS)) return planned
    planned.push({startMs, stopMs, spec: asDrawn(makeSpec())})
    startMs = stopMs + calm()
  }

  function calm(): number {
    return Math.round(intervalMs * (0.2 + 0.4 * random.next()))
  }
}
