/**
 * A simulated world: virtual time, and the events that happen in it one at a time, in the order (time, sequence). It is
 * the idea of FoundationDB's simulator and of TigerBeetle's VOPR: when time, chance and the network are values that we
 * own, a run is a function of its seed.
 *
 *     const world = new World()
 *     const cluster = new SimCluster(world, {protocol, nodes: ['n1', 'n2', 'n3'], random: createRandom(7)})
 *     world.runUntil(2e9, () => cluster.isReady())                  // virtual ns; no real time passes
 *     const client = cluster.connect('n1', 0)
 *     client.invoke({f: 'write', key: 'x', value: 1}, (outcome) => console.log(outcome))
 *     world.runFor(100)                                             // ms
 *     cluster.events, cluster.crashes                               // what nodes told, which of them threw
 *
 * Whole runs (workload, faults, history) are driven by `simulate` in `runner/simulate.ts`.
 *
 * The world is also the `Clock` of everything promise-based that lives in it (nemeses, `Cluster` methods). Promises run
 * as microtasks, outside the event order, so whoever drives the world lets them settle after each event that may have
 * woken one: see `stirred`.
 */
import type {Cancel, Clock} from '../core/clock.ts'
import {Callback, EventQueue, type Recurring, type SimEvent} from './event-queue.ts'

/** So many events at one instant mean that time stands still: a timer of 0 ms that sets itself again, say. */
const STANDSTILL_EVENTS = 1_000_000

export class World implements Clock {
  /**
   * Set when an event may have resolved a promise (a `Clock` wake-up, a ping's answer). A driver that runs async code in
   * this world lets microtasks settle before the next event, and clears it; others may ignore it.
   */
  stirred = false
  readonly exact = true
  readonly #queue = new EventQueue()
  #nowNs = 0
  #eventsRun = 0
  #eventsNow = 0

  nowNs(): number {
    return this.#nowNs
  }

  /** How many events have happened so far. */
  get eventsRun(): number {
    return this.#eventsRun
  }

  /** Plans a call, as an event of the simulation itself. A time in the past means now. Undo it with `cancel`. */
  at(timeNs: number, call: () => void): SimEvent {
    const event = new Callback(call)
    this.plan(event, timeNs)
    return event
  }

  /** Plans an event that is not planned. A time in the past means now. Undo it with the event's own `cancel`. */
  plan(event: SimEvent, timeNs: number): void {
    this.#queue.add(event, timeNs > this.#nowNs ? timeNs : this.#nowNs)
  }

  /** Plans an event, or plans it anew. */
  set(event: Recurring, timeNs: number): void {
    this.#queue.set(event, timeNs > this.#nowNs ? timeNs : this.#nowNs)
  }

  /** `Clock`: for code that stands outside the simulation and waits in it. */
  after(delayMs: number, wake: () => void): Cancel {
    const event = this.at(this.#nowNs + Math.round(Math.max(0, delayMs) * 1e6), () => {
      this.stirred = true
      wake()
    })
    return () => event.cancel()
  }

  /** When the next event is due; Infinity when nothing will ever happen. */
  get nextNs(): number {
    return this.#queue.nextNs()
  }

  /**
   * Lets the next event happen, if it is due by `limitNs`. False when there is none. Throws Error when time does not move on
   * any more.
   */
  step(limitNs = Number.POSITIVE_INFINITY): boolean {
    const event = this.#queue.take(limitNs)
    if (event === undefined) return false
    const timeNs = this.#queue.takenNs
    if (timeNs > this.#nowNs) this.#eventsNow = 0
    else if (++this.#eventsNow > STANDSTILL_EVENTS) {
      throw new Error(`simulated time stands still at ${this.#nowNs / 1e9} s: a million events at one instant`)
    }
    this.#nowNs = timeNs
    this.#eventsRun++
    event.run()
    return true
  }

  /** Moves time forward to `timeNs` where nothing happens before. */
  advanceTo(timeNs: number): void {
    if (timeNs > this.nextNs) throw new RangeError(`cannot skip the event at ${this.nextNs} ns to reach ${timeNs} ns`)
    if (timeNs > this.#nowNs) this.#nowNs = timeNs
  }

  /** Lets everything up to `timeNs` happen, or until `enough` holds after an event. Says whether `enough` held. */
  runUntil(timeNs: number, enough?: () => boolean): boolean {
    if (enough?.()) return true
    while (this.step(timeNs)) if (enough?.()) return true
    this.advanceTo(timeNs)
    return false
  }

  /** Lets everything happen that happens within the next `durationMs`. */
  runFor(durationMs: number): void {
    this.runUntil(this.#nowNs + Math.round(durationMs * 1e6))
  }
}
