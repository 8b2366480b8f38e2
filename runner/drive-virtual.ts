/**
 * Drives a scheduler in simulated time: whenever there is nothing to invoke, the world's next event happens.
 *
 * Simulated clients answer by callback. Nemeses are async code; their promises settle between two events, before the next
 * one happens, whenever something may have woken one. That keeps a run a function of its seed.
 */
import {eventLoopTurn} from '../core/clock.ts'
import type {World} from '../sim/world.ts'
import {completionOp, type Dispatch, type Invoker, invokeOp, type Recording} from './dispatch.ts'
import type {Scheduler} from './scheduler.ts'

export interface VirtualDrive {
  readonly world: World
  readonly scheduler: Scheduler
  readonly invoker: Invoker
  readonly recording: Recording
}

/** Runs until the scheduler stops. Rejects when the world ends first: an operation that nothing will ever complete. */
export async function driveVirtual({world, scheduler, invoker, recording}: VirtualDrive): Promise<void> {
  let completions = 0

  function dispatch(action: Dispatch): void {
    const {thread, process, node, invocation} = action
    recording.record(invokeOp(action, world.nowNs()))
    invoker.invoke(thread, process, node, invocation, (outcome) => {
      completions++
      recording.record(completionOp(action, outcome, world.nowNs()))
      scheduler.complete(thread, outcome, world.nowNs())
    })
  }

  for (;;) {
    const action = scheduler.step(world.nowNs())
    if (action.kind === 'stop') return
    if (action.kind === 'invoke') {
      dispatch(action)
      if (typeof action.thread === 'string') await eventLoopTurn()
      continue
    }
    const untilNs = action.kind === 'wait' ? action.untilNs : Number.POSITIVE_INFINITY
    for (const before = completions; completions === before; ) {
      if (world.nextNs > untilNs) {
        world.advanceTo(untilNs)
        break
      }
      const turn = happen(world)
      if (turn !== undefined) await turn
    }
  }
}

/** Lets the world go on until a promise that lives in it has settled. */
export async function during<T>(world: World, promise: Promise<T>): Promise<T> {
  let settled = false
  const watched = promise.finally(() => (settled = true))
  // Whoever awaits the result hears of a rejection; this only keeps it from being called unhandled until then.
  watched.catch(() => {})
  await eventLoopTurn()
  while (!settled) {
    const turn = happen(world)
    if (turn !== undefined) await turn
  }
  return watched
}

/** The world's next event, and all that async code does because of it. */
function happen(world: World): Promise<void> | undefined {
  if (!world.step()) throw new Error('the simulated world has come to its end, but somebody still waits')
  if (!world.stirred) return undefined
  world.stirred = false
  return eventLoopTurn()
}
