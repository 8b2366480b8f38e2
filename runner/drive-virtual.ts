/**
 * Drives a scheduler in simulated time: whenever there is nothing to invoke, the world's next event happens.
 *
 * Simulated clients answer by callback. Nemeses are async code; their promises settle between two events, before the next
 * one happens, whenever something may have woken one. That keeps a run a function of its seed.
 */
import {promisesSettled} from '../core/clock.ts'
import type {World} from '../sim/world.ts'
import {completionOp, type Dispatch, type Invoker, invokeOp, type Recording} from './dispatch.ts'
import type {Scheduler} from './scheduler.ts'

export interface VirtualDrive {
  readonly world: World
  readonly scheduler: Scheduler
  readonly invoker: Invoker
  readonly recording: Recording
  /** Once aborted, nothing more is dispatched; what is under way is waited for. */
  readonly signal?: AbortSignal
}

/**
 * How long nothing may complete, ns of simulated time, before it is taken that nothing ever will: clients have deadlines,
 * but a nemesis may wait for what never comes, while the nodes' heartbeats go on for ever.
 */
const PATIENCE_NS = 600e9

/**
 * Runs until the scheduler stops or, after an abort, until nothing is under way. Rejects when an operation is never completed: because the world ends first, or because
 * ten simulated minutes pass without any completion.
 */
export async function driveVirtual({world, scheduler, invoker, recording, signal}: VirtualDrive): Promise<void> {
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

  // Asking the signal itself costs more than an event does.
  let aborted = signal?.aborted === true
  const abort = () => (aborted = true)
  signal?.addEventListener('abort', abort, {once: true})
  let before = 0
  const completed = () => completions > before
  const interrupted = () => completions > before || aborted
  for (;;) {
    before = completions
    if (aborted) {
      if (scheduler.outstanding === 0) return
      await passing(world, Number.POSITIVE_INFINITY, completed)
      continue
    }
    const action = scheduler.step(world.nowNs())
    if (action.kind === 'stop') return
    if (action.kind === 'invoke') {
      dispatch(action)
      if (typeof action.thread === 'string') await promisesSettled()
      continue
    }
    const untilNs = action.kind === 'wait' ? action.untilNs : Number.POSITIVE_INFINITY
    if (!pass(world, untilNs, world.nowNs() + PATIENCE_NS, interrupted)) await passing(world, untilNs, interrupted)
  }
}

/** Lets the world go on until a promise that lives in it has settled. Rejects as `driveVirtual` does. */
export async function during<T>(world: World, promise: Promise<T>): Promise<T> {
  let settled = false
  const watched = promise.finally(() => (settled = true))
  // Whoever awaits the result hears of a rejection; this only keeps it from being called unhandled until then.
  watched.catch(() => {})
  await promisesSettled()
  await passing(world, Number.POSITIVE_INFINITY, () => settled)
  return watched
}

/** Lets events happen until `enough` holds or it is `untilNs`; async code that an event woke runs before the next one. */
async function passing(world: World, untilNs: number, enough: () => boolean): Promise<void> {
  const lostNs = world.nowNs() + PATIENCE_NS
  if (world.stirred) {
    world.stirred = false
    await promisesSettled()
  }
  while (!pass(world, untilNs, lostNs, enough)) {
    world.stirred = false
    await promisesSettled()
  }
}

/** The same up to the first event that woke async code: false when it was that which ended it. */
function pass(world: World, untilNs: number, lostNs: number, enough: () => boolean): boolean {
  const endless = untilNs === Number.POSITIVE_INFINITY
  const limitNs = endless ? lostNs : untilNs
  while (!enough()) {
    if (!world.step(limitNs)) {
      if (!endless) {
        world.advanceTo(untilNs)
        return true
      }
      const sinceS = (lostNs - PATIENCE_NS) / 1e9
      throw new Error(`somebody waits in the simulated world for what never comes, since ${sinceS} s`)
    }
    if (world.stirred) return false
  }
  return true
}
