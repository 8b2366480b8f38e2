import {describe, expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {
  type CausalObject,
  digestOf,
  EMPTY,
  latestStamp,
  merge,
  mergeByClock,
  winnerOf,
  without,
  written,
} from './causal-object.ts'

const values = (object: CausalObject) => object.entries.map(({value}) => value).sort()

/** A register's write, an element added, an element removed. */
const write = (object: CausalObject, actor: string, value: number) =>
  written(object, [actor, (object.vector[actor] ?? 0) + 1], value, latestStamp(object) + 1, () => false)
const add = (object: CausalObject, actor: string, value: number) =>
  written(object, [actor, (object.vector[actor] ?? 0) + 1], value, 1, () => true)
const remove = (object: CausalObject, value: number) => without(object, (entry) => entry.value === value)

describe('objects', () => {
  test('a write on top of another replaces it; writes side by side are siblings', () => {
    const one = write(EMPTY, 'a', 1)
    expect(values(write(one, 'b', 2))).toEqual([2])
    const [left, right] = [write(one, 'b', 2), write(one, 'c', 3)]
    expect(values(merge(left, right))).toEqual([2, 3])
    expect(values(write(merge(left, right), 'a', 4))).toEqual([4])
  })

  test('of siblings everybody shows the same', () => {
    const [left, right] = [write(EMPTY, 'b', 2), write(EMPTY, 'c', 3)]
    expect(winnerOf(merge(left, right))).toEqual(winnerOf(merge(right, left)))
    expect(winnerOf(merge(left, right))?.value).toBe(3)
  })

  test('what was removed stays away, without a mark, and what was added elsewhere stays', () => {
    const both = add(add(EMPTY, 'a', 1), 'a', 2)
    expect(values(merge(add(remove(both, 1), 'b', 4), add(both, 'c', 3)))).toEqual([2, 3, 4])
  })

  test('by clock alone, an addition is thrown away', () => {
    expect(values(mergeByClock(add(EMPTY, 'b', 1), add(EMPTY, 'c', 2)))).toHaveLength(1)
  })

  test('merging is commutative, associative and idempotent, and digests tell versions apart', () => {
    const random = createRandom('laws')
    for (let round = 0; round < 300; round++) {
      // Versions that branched off each other at random, each actor writing on its own branch only.
      const branches: CausalObject[] = [EMPTY, EMPTY, EMPTY]
      for (let i = 0; i < 12; i++) {
        const at = random.int(3)
        const object = branches[at]!
        const dice = random.next()
        if (dice < 0.4) branches[at] = add(object, `actor${at}`, random.int(4))
        else if (dice < 0.6) branches[at] = remove(object, random.int(4))
        else branches[at] = merge(object, branches[random.int(3)]!)
      }
      const [a, b, c] = branches as [CausalObject, CausalObject, CausalObject]
      expect(merge(a, b)).toEqual(merge(b, a))
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
      expect(merge(a, a)).toEqual(a)
      expect(digestOf(a) === digestOf(b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)))
    }
  })
})

const sorted = ({vector, entries}: CausalObject) => [Object.entries(vector).sort(), entries.map(({dot}) => dot)]
