/**
 * Time as an argument. Everything that needs to know the time or to wait is handed a `Clock`; the wall clock lives here
 * and nowhere else (`tests/ambient.test.ts` bans `Date.now`, `performance.now` and timers in other folders but the hosts).
 */

/** Cancels a pending timer; calling it twice is harmless. */
export type Cancel = () => void

/** A source of monotonic time and of wake-ups. */
export interface Clock {
  /** Nanoseconds since this clock was made. Monotonic. */
  nowNs(): number
  /** Calls `wake` once, `delayMs` milliseconds from now (at once when not positive, but never synchronously). */
  after(delayMs: number, wake: () => void): Cancel
  /** True of simulated time, which waits for whoever lives in it: nobody is ever woken late. */
  readonly exact?: boolean
}

/** The machine's own monotonic clock, zero at the moment of the call. */
export function wallClock(): Clock {
  const originNs = process.hrtime.bigint()
  return {
    nowNs: () => Number(process.hrtime.bigint() - originNs),
    after(delayMs, wake) {
      const timer = setTimeout(wake, Math.max(0, delayMs))
      return () => clearTimeout(timer)
    },
  }
}

/** Calls `late` once this much wall time has passed, ms, unless it is cancelled before. For whoever is handed no clock. */
export function afterWall(delayMs: number, late: () => void): Cancel {
  return wallClock().after(delayMs, late)
}

/**
 * Resolves after one turn of the event loop. By then every promise has settled that needed nothing from outside, and I/O
 * had its chance: what loops that would not otherwise let go call now and then.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Resolves once every promise has settled that needs nothing from outside: cheaper than a turn of the event loop, which it
 * does not let turn. (Node runs what is due next tick when the queue of microtasks is empty, before anything else.)
 */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The date as the calendar has it, for names and reports; never for measuring. */
export function calendarDate(): Date {
  return new Date()
}

/** A promise that resolves after `delayMs` on this clock, or rejects with the signal's reason. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, {once: true})
  })
}

/**
 * `promise`, or a rejection with the signal's reason, whichever comes first. What the promise comes to after that is nobody's
 * business.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, {once: true})
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Waits for the promise or for the abort, whichever comes first. Rejects with what the promise rejects with before that. */
export async function doneOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await unlessAborted(promise, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** `promise`, or a rejection with `error()` when it takes longer than `limitMs` on this clock. */
export function withDeadline<T>(clock: Clock, promise: Promise<T>, limitMs: number, error: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(error()))
    promise.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (reason) => {
        cancel()
        reject(reason)
      },
    )
  })
}
