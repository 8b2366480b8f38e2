/**
 * Registers whose written values are all different: near-linear, valid and invalid alike, with and without cas, whatever
 * the number of pending operations.
 *
 * The clusters and zones are Gibbons & Korach's ("Testing shared memories", 1997). Each value has one writer; a write
 * with all that see its value is a cluster, which no other write may interrupt. A cas from a to b ties cluster b directly
 * behind cluster a, so clusters form blocks, each beginning with a plain write or with the initial value.
 *
 * Inside a block the order is forced up to reads of one value. Between blocks let f be the earliest return of a block and
 * s the latest invocation: A must come before B exactly if f(A) < s(B) (some operation of A returned before some operation
 * of B began). Blocks can be lined up unless these demands have a cycle, and the shortest cycle has two blocks: in
 * A → B → C → A with no cycle of two, not(f(B) < s(A)) gives s(A) ≤ f(B) < s(C), hence f(A) < s(B), and so on round: all
 * the same. Two blocks demand each other exactly if the forward zone [f, s] of one (f < s) overlaps the other's, or
 * contains the other's backward zone [s, f].
 *
 * Pending operations that nobody saw are left out: whoever is seen took effect.
 */
import {scratch8, scratch32} from '../../../columns/scratch.ts'
import {NEVER} from '../../trace.ts'
import {CAS, READ, type RegisterColumns, WRITE} from './columns.ts'

/**
 * - `valid`
 * - a list of operations that are impossible by themselves
 * - undefined: does not apply, since two operations leave the same value.
 */
export type ZoneResult = 'valid' | readonly number[] | undefined

/** Tests a register of unique values. Trusted refusals (NOT) are not looked at: an answer *valid* is then not final. */
export function checkZones(columns: RegisterColumns): ZoneResult {
  const writer = writers(columns)
  return writer === undefined ? undefined : new Zones(columns, writer).check()
}

/** By value: the one operation that leaves it, -1 for none; undefined if there are two, or one leaves the initial value. */
function writers({size, kind, leaves, mattersUntil, values}: RegisterColumns): Int32Array | undefined {
  const writer = scratch32(values).fill(-1)
  for (let i = 0; i < size; i++) {
    if ((kind[i] !== WRITE && kind[i] !== CAS) || mattersUntil[i]! < 0) continue
    const value = leaves[i]!
    if (value === 0 || writer[value]! >= 0) return undefined
    writer[value] = i
  }
  return writer
}

class Zones {
  readonly #columns: RegisterColumns
  readonly #writer: Int32Array
  /** Readers by value: a linked list. */
  readonly #firstReader: Int32Array
  readonly #nextReader: Int32Array
  /** By value: the cas that replaces it, -1 for none. */
  readonly #replacer: Int32Array
  /** By value: whether it was certainly there. Made by `#chain`. */
  #live = scratch8(0)

  constructor(columns: RegisterColumns, writer: Int32Array) {
    this.#columns = columns
    this.#writer = writer
    this.#firstReader = scratch32(columns.values).fill(-1)
    this.#nextReader = scratch32(columns.size).fill(-1)
    this.#replacer = scratch32(columns.values).fill(-1)
  }

  check(): 'valid' | number[] {
    const {size, kind, sees, mattersUntil} = this.#columns
    for (let i = 0; i < size; i++) {
      if (mattersUntil[i]! < 0 || (kind[i] !== READ && kind[i] !== CAS)) continue
      const value = sees[i]!
      if (value !== 0 && this.#writer[value]! < 0) {
        if (this.#columns.returnAt[i] === NEVER) continue
        return [i]
      }
      if (kind[i] === READ) {
        this.#nextReader[i] = this.#firstReader[value]!
        this.#firstReader[value] = i
      }
    }
    const found = this.#chain() ?? this.#blocks()
    return found === 'valid' ? found : this.#withSeers(found)
  }

  /** With each pending operation, who saw what it did: without them it need never have happened. */
  #withSeers(operations: readonly number[]): number[] {
    const {returnAt, kind, leaves} = this.#columns
    const all = new Set(operations)
    for (const operation of all) {
      if (returnAt[operation] !== NEVER || kind[operation] === READ) continue
      const seer = this.#seerOf(leaves[operation]!)
      if (seer >= 0) all.add(seer)
    }
    return [...all]
  }

  /** A read of this value that returned, else the cas that replaced it; -1 if nobody saw it. */
  #seerOf(value: number): number {
    for (let read = this.#firstReader[value]!; read >= 0; read = this.#nextReader[read]!) {
      if (this.#columns.returnAt[read] !== NEVER) return read
    }
    if (this.#replacer[value]! >= 0) return this.#replacer[value]!
    return this.#columns.kind.findIndex((is, i) => is === CAS && this.#counts(i) && this.#columns.sees[i] === value)
  }

  /** Links each value to the cas that replaces it. A pending cas counts only if its value was seen. */
  #chain(): number[] | undefined {
    const {size, kind, sees, returnAt, values} = this.#columns
    // Seen by a read or a required cas, or behind it a value that was.
    const live = scratch8(values)
    this.#live = live
    for (let i = 0; i < size; i++) {
      if (returnAt[i] === NEVER || (kind[i] !== READ && kind[i] !== CAS)) continue
      // And behind it what it was made of, as far as nobody has been yet.
      for (let value = sees[i]!; live[value] === 0; ) {
        live[value] = 1
        const from = this.#writer[value]!
        if (from < 0 || kind[from] !== CAS) break
        value = sees[from]!
      }
    }
    for (let i = 0; i < size; i++) {
      if (kind[i] !== CAS || !this.#counts(i)) continue
      const other = this.#replacer[sees[i]!]!
      if (other >= 0) return this.#withProof(other, i)
      this.#replacer[sees[i]!] = i
    }
    return undefined
  }

  /** Whether a cas certainly took effect. */
  #counts(cas: number): boolean {
    const {returnAt, leaves, mattersUntil} = this.#columns
    if (mattersUntil[cas]! < 0) return false
    return returnAt[cas] !== NEVER || this.#live[leaves[cas]!] === 1
  }

  #blocks(): 'valid' | number[] {
    const {size, kind, sees, returnAt, events} = this.#columns
    // By event: the block whose zone begins there; blocks are named by their first value.
    const forward = scratch32(events.length + 2).fill(-1)
    const zones: {head: number; from: number; to: number}[] = []
    const backward: typeof zones = []
    const reached = scratch8(this.#columns.values)
    for (let value = 0; value < this.#columns.values; value++) {
      const first = this.#writer[value]!
      if (value !== 0) {
        if (first < 0 || kind[first] === CAS) continue
        // A pending write that nobody saw never happened.
        if (returnAt[first] === NEVER && this.#firstReader[value]! < 0 && this.#replacer[value]! < 0) continue
      }
      const walked = this.#walk(value, reached)
      if (Array.isArray(walked)) return walked
      const {earliestReturn: f, latestInvoke: s} = walked
      if (f < s) {
        forward[f + 1] = zones.length
        zones.push({head: value, from: f, to: s})
      } else if (f !== NEVER) backward.push({head: value, from: s, to: f})
      else backward.push({head: value, from: s, to: NEVER})
    }
    for (let i = 0; i < size; i++) {
      // What was seen must be reached from a write: a chain of cas that begins nowhere needs itself.
      if (returnAt[i] === NEVER || (kind[i] !== READ && kind[i] !== CAS)) continue
      if (reached[sees[i]!] === 0) return this.#origins(i)
    }
    return this.#conflicts(zones, backward, forward) ?? 'valid'
  }

  /** Walks a block from left to right; gives its zone, or the operations that cannot follow each other. */
  #walk(head: number, reached: Uint8Array): number[] | {earliestReturn: number; latestInvoke: number} {
    const {invokeAt, returnAt, leaves} = this.#columns
    let earliestReturn = NEVER
    let latestInvoke = -1
    let latest = -1
    if (head === 0) earliestReturn = -1
    for (let value = head, writer = head === 0 ? -1 : this.#writer[head]!; ; ) {
      reached[value] = 1
      if (writer >= 0) {
        if (returnAt[writer]! < latestInvoke) return this.#withProof(latest, writer)
        if (returnAt[writer]! < earliestReturn) earliestReturn = returnAt[writer]!
        if (invokeAt[writer]! > latestInvoke) {
          latestInvoke = invokeAt[writer]!
          latest = writer
        }
      }
      const bound = latestInvoke
      const boundBy = latest
      for (let read = this.#firstReader[value]!; read >= 0; read = this.#nextReader[read]!) {
        if (returnAt[read]! < bound) return this.#withProof(boundBy, read)
        if (returnAt[read]! < earliestReturn) earliestReturn = returnAt[read]!
        if (invokeAt[read]! > latestInvoke) {
          latestInvoke = invokeAt[read]!
          latest = read
        }
      }
      writer = this.#replacer[value]!
      if (writer < 0) return {earliestReturn, latestInvoke}
      value = leaves[writer]!
    }
  }

  /** Two blocks that demand each other. Zones are entered by where they begin, so one pass in order finds them. */
  #conflicts(
    zones: readonly {head: number; from: number; to: number}[],
    backward: readonly {head: number; from: number; to: number}[],
    forward: Int32Array,
  ): number[] | undefined {
    // By event: the last forward zone that began at or before it.
    let last = -1
    for (let at = 0; at < forward.length; at++) {
      const zone = forward[at]!
      if (zone >= 0) {
        if (last >= 0 && zones[last]!.to > zones[zone]!.from) return this.#opposed(zones[last]!.head, zones[zone]!.head)
        last = zone
      } else forward[at] = last
    }
    for (const {head, from, to} of backward) {
      // The forward zone must begin before this one: at an earlier event.
      const zone = from < 0 ? -1 : forward[from]!
      if (zone >= 0 && zones[zone]!.from < from && to < zones[zone]!.to) return this.#opposed(zones[zone]!.head, head)
    }
    return undefined
  }

  /** What proves that two blocks must each come before the other: their extremes, and what ties those to the block. */
  #opposed(left: number, right: number): number[] {
    return [...new Set([...this.#extremes(left), ...this.#extremes(right)])]
  }

  #extremes(head: number): number[] {
    const {invokeAt, returnAt, leaves} = this.#columns
    let first = -1
    let last = -1
    let end = head
    const consider = (operation: number, value: number) => {
      if (operation < 0) return
      if (first < 0 || returnAt[operation]! < returnAt[first]!) {
        first = operation
        end = value
      }
      if (last < 0 || invokeAt[operation]! > invokeAt[last]!) {
        last = operation
        end = value
      }
    }
    const chain: number[] = []
    const upTo = new Map<number, number>()
    for (let value = head, writer = head === 0 ? -1 : this.#writer[head]!; ; ) {
      if (writer >= 0) chain.push(writer)
      upTo.set(value, chain.length)
      consider(writer, value)
      for (let read = this.#firstReader[value]!; read >= 0; read = this.#nextReader[read]!) consider(read, value)
      writer = this.#replacer[value]!
      if (writer < 0) break
      value = leaves[writer]!
    }
    return [first, last, ...chain.slice(0, upTo.get(end)!)].filter((operation) => operation >= 0)
  }

  /** Two operations with the writers that their values come from. */
  #withProof(left: number, right: number): number[] {
    return [...new Set([...this.#origins(left), ...this.#origins(right)])]
  }

  #origins(operation: number): number[] {
    const {kind, sees} = this.#columns
    const chain: number[] = []
    for (let at = operation; at >= 0 && !chain.includes(at); ) {
      chain.push(at)
      if (kind[at] === WRITE) break
      at = this.#writer[sees[at]!]!
    }
    return chain
  }
}
