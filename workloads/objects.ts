/**
 * What the workloads share: independent objects and their rotation.
 */
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
