/**
 * Drives a scheduler in real time. Nothing is polled: the loop runs when an operation completes and when the next one is
 * due, and in between there is nothing of it.
 */
import {type Cancel, type Clock, eventLoopTurn} from '../core/clock.ts'
import {completionOp, type Dispatch, type Invoker, invokeOp, type Recording} from './dispatch.ts'
import type {Scheduler} from './scheduler.ts'

export interface RealDrive {
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly invoker: Invoker
  readonly recording: Recording
  /** Once aborted, nothing more is dispatched; what is under way is waited for. */
  readonly signal?: AbortSignal
}

/** Operations that may be dispatched before I/O and timers get their turn, for invokers that answer at once. */
const BURST = 64

/** Longest wait in one go, ms: timers cannot take more than 2^31. */
const LONGEST_WAIT_MS = 86_400_000

/**
 * Runs until the scheduler stops or, after an abort, until nothing is under way. Rejects with what the scheduler, the
 * generator, the invoker or the recording throws; then nothing more is dispatched. Deadlines of operations are the
 * invoker's business.
 */
export function driveReal({clock, scheduler, invoker, recording, signal}: RealDrive): Promise<void> {
  return new Promise((resolve, reject) => {
    let ended = false
    let running = false
    let yielding = false
    /** Since I/O had its turn: counted over calls, since answers that come as microtasks never let the loop go on. */
    let burst = 0
    let cancel: Cancel = () => {}
    /** When we shall be woken. */
    let wokenNs = Number.POSITIVE_INFINITY

    function end(settle: () => void): void {
      if (ended) return
      ended = true
      cancel()
      signal?.removeEventListener('abort', run)
      settle()
    }

    function dispatch(action: Dispatch): void {
      const {thread, process, node, invocation} = action
      recording.record(invokeOp(action, clock.nowNs()))
      invoker.invoke(thread, process, node, invocation, (outcome) => {
        if (ended) return
        try {
          const nowNs = clock.nowNs()
          recording.record(completionOp(action, outcome, nowNs))
          scheduler.complete(thread, outcome, nowNs)
        } catch (error) {
          end(() => reject(error))
        }
        run()
      })
    }

    /**
     * A timer that comes no later is kept: one for each operation would cost more than to be woken for nothing now and then.
     */
    function wakeAt(untilNs: number, nowNs: number): void {
      if (wokenNs <= untilNs) return
      cancel()
      const waitNs = Math.min(untilNs - nowNs, LONGEST_WAIT_MS * 1e6)
      wokenNs = nowNs + waitNs
      cancel = clock.after(waitNs / 1e6, () => {
        wokenNs = Number.POSITIVE_INFINITY
        run()
      })
    }

    /** Dispatches all that is due. Called again from within, by an invoker that answers at once, it leaves that to the loop. */
    function run(): void {
      if (ended || running || yielding) return
      running = true
      try {
        for (;;) {
          if (burst === BURST) {
            yielding = true
            void eventLoopTurn().then(() => {
              yielding = false
              burst = 0
              run()
            })
            break
          }
          if (signal?.aborted) {
            if (scheduler.outstanding === 0) end(resolve)
            break
          }
          const nowNs = clock.nowNs()
          const action = scheduler.step(nowNs)
          if (action.kind === 'invoke') {
            burst++
            dispatch(action)
            continue
          }
          if (action.kind === 'stop') end(resolve)
          if (action.kind === 'wait') wakeAt(action.untilNs, nowNs)
          break
        }
      } catch (error) {
        end(() => reject(error))
      }
      running = false
    }

    signal?.addEventListener('abort', run, {once: true})
    run()
  })
}
