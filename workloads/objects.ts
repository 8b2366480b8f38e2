/**
 * What the workloads share: independent objects, their rotation, and the final reads of every object from every node.
 */
import type {Generator} from '../core/generator.ts'
import {eachThread, onThreads, repeat, sequence, untilOk} from '../core/generators.ts'
import type {Key} from '../core/op.ts'
import type {Random} from '../core/random.ts'

/**
 * Several objects are in use at a time; one that has had its share of operations retires, and a new one takes its place.
 * That keeps single objects small enough to be read whole and judged soon.
 */
export interface Objects {
  /** Names in use. */
  readonly names: readonly string[]
  /** Operations so far on each of them. */
  readonly used: readonly number[]
  /** How many names were ever given. */
  readonly named: number
}

/** The first `count` objects: `x0`, `x1`, … */
export function firstObjects(count: number): Objects {
  return {names: Array.from({length: count}, (_, i) => `x${i}`), used: new Array(count).fill(0), named: count}
}

/** One of the objects in use with its place among them, and the objects after it has been used; it retires after `share` operations. */
export function useOne(
  objects: Objects,
  share: number,
  random: Random,
): {name: string; slot: number; objects: Objects; retired: boolean} {
  const slot = random.int(objects.names.length)
  const name = objects.names[slot] as string
  const used = objects.used.slice()
  used[slot] = (used[slot] as number) + 1
  if ((used[slot] as number) < share)
    return {name, slot, objects: {names: objects.names, used, named: objects.named}, retired: false}
  return {
    name,
    slot,
    retired: true,
    objects: {
      names: objects.names.with(slot, `x${objects.named}`),
      used: used.with(slot, 0),
      named: objects.named + 1,
    },
  }
}

/** How often a final read is tried on one node before its absence is accepted. */
export const FINAL_ATTEMPTS = 5

/** One read of every key by one thread for each node, each tried again until it succeeds. */
export function finalReads(keys: readonly Key[], nodes: number, f = 'read'): Generator {
  const reads = keys.map((key) => untilOk(repeat({f, key, final: true}, FINAL_ATTEMPTS)))
  return onThreads((thread) => typeof thread === 'number' && thread < nodes, eachThread(sequence(...reads)))
}
