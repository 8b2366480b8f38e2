/** What a register's search that goes on for long can forget: operations that never return, and values that nobody names. */
import type {RowPool} from '../row-pool.ts'
import type {OpenOperations} from './open-operations.ts'

/** Frees those that are done in every configuration. Gives how many are left. */
export function forgetUsed(open: OpenOperations, {rows, count, stride}: RowPool): number {
  let left = 0
  for (const slot of open.pendingSlots()) {
    if (open.isEndless(slot)) continue
    const bit = 1 << (slot & 31)
    let used = true
    for (let i = 0, at = 2 + (slot >> 5); i < count && used; i++, at += stride) used = (rows[at]! & bit) !== 0
    if (!used) left++
    else {
      for (let i = 0, at = 2 + (slot >> 5); i < count; i++, at += stride) rows[at]! &= ~bit
      open.remove(slot)
    }
  }
  return left
}

/** Lets each happen any number of times; of several equal ones the first is kept. Configurations may then be equal. */
export function makeEndless(open: OpenOperations, {rows, count, stride}: RowPool): void {
  const first = new Set<string>()
  const slots = open.pendingSlots()
  slots.sort((left, right) => open.invokeAt[left]! - open.invokeAt[right]!)
  for (const slot of slots) {
    const keep = ~(1 << (slot & 31))
    for (let i = 0, at = 2 + (slot >> 5); i < count; i++, at += stride) rows[at]! &= keep
    const call = `${open.kind[slot]} ${open.sees[slot]} ${open.leaves[slot]}`
    if (first.has(call)) open.remove(slot)
    else {
      first.add(call)
      open.endless(slot)
    }
  }
}

/** The values that are held or that an open operation names. */
export function liveValues(open: OpenOperations, {rows, count, stride}: RowPool): Set<number> {
  const live = new Set<number>()
  for (let i = 0; i < count; i++) live.add(rows[i * stride]!)
  for (const slot of open.inUse()) {
    if (open.sees[slot]! >= 0) live.add(open.sees[slot]!)
    if (open.leaves[slot]! >= 0) live.add(open.leaves[slot]!)
  }
  return live
}
