/** Feeds a register's columns to a search, event by event, and can go back. */

import {column32} from '../../../columns/column.ts'
import {NEVER} from '../../trace.ts'
import type {Halt} from '../frontier.ts'
import type {RegisterColumns} from './columns.ts'
import {RegisterSearch, type Snapshot} from './search.ts'

export class Sweep {
  readonly search: RegisterSearch
  readonly columns: RegisterColumns
  readonly #slotOf: Int32Array
  /** Whether any pending operation does what follows. */
  readonly #expires: boolean
  /** By event: the first pending operation that stops to matter there, and by operation the next such. */
  readonly #expiring: Int32Array
  readonly #alsoExpiring: Int32Array
  /** The next event. */
  at = 0

  constructor(columns: RegisterColumns, width: number, halt: Halt, states?: readonly number[]) {
    this.columns = columns
    this.search = new RegisterSearch(columns.values, width, halt, states)
    this.#slotOf = column32(columns.size)
    // Nothing is pending where every operation matters until it returns: see `mattersUntil`.
    this.#expires = columns.mattersUntil !== columns.returnAt
    this.#expiring = column32(this.#expires ? columns.events.length + 1 : 0).fill(-1)
    this.#alsoExpiring = column32(this.#expires ? columns.size : 0).fill(-1)
    if (!this.#expires) return
    for (let i = 0; i < columns.size; i++) {
      const until = columns.mattersUntil[i]!
      if (columns.returnAt[i] !== NEVER || until < 0 || until === NEVER) continue
      this.#alsoExpiring[i] = this.#expiring[until]!
      this.#expiring[until] = i
    }
  }

  /** Goes on until event `end` (not included) or the death of the search. True if it lives. */
  run(end: number): boolean {
    const {events, kind, sees, leaves, returnAt, mattersUntil} = this.columns
    const search = this.search
    for (; this.at < end; this.at++) {
      const at = this.at
      const operation = events[at]! >> 1
      if ((events[at]! & 1) === 0) {
        if (mattersUntil[operation]! < 0) continue
        const returns = returnAt[operation]!
        this.#slotOf[operation] = search.invoke(
          operation,
          kind[operation]!,
          sees[operation]!,
          leaves[operation]!,
          at,
          returns,
          returns === NEVER,
        )
        continue
      }
      if (!search.complete(this.#slotOf[operation]!, at)) return false
      if (!this.#expires) continue
      for (let i = this.#expiring[at]!; i >= 0; i = this.#alsoExpiring[i]!) search.forget(this.#slotOf[i]!)
    }
    return true
  }

  restore(at: number, snapshot: Snapshot): void {
    this.search.restore(snapshot, (operation, slot) => {
      this.#slotOf[operation] = slot
    })
    this.at = at
  }
}
