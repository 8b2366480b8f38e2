import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Random} from '../../core/random.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type Access, type Accesses, accessesOf} from './accesses.ts'
import {sequential} from './sequential.ts'

it.each<[string, string, 'valid' | 'invalid']>([
  ['a stale read', '0 |write x=1|\n1                |read x=nil|', 'valid'],
  ['own write missed', '0 |write x=1| |read x=nil|', 'invalid'],
  ['store buffering', '0 |write x=1| |read y=nil|\n1 |write y=1| |read x=nil|', 'invalid'],
  [
    'two orders of two writes',
    '0 |write x=1|\n1 |write x=2|\n2 |read x=1| |read x=2|\n3 |read x=2| |read x=1|',
    'invalid',
  ],
  [
    'independent reads of independent writes',
    '0 |write x=1|\n1 |write y=1|\n2 |read x=1| |read y=nil|\n3 |read y=1| |read x=nil|',
    'invalid',
  ],
  ['one write taken twice by compare-and-set', '0 |write x=1|\n1 |cas x=[1 2]|\n2 |cas x=[1 3]|', 'invalid'],
  ['a chain of compare-and-sets', '0 |cas x=[2 3]|\n1 |cas x=[1 2]|\n2 |write x=1|', 'valid'],
])('%s: %s', (_, text, kind) => {
  expect(sequential(accessesOf(diagram(text))).kind).toBe(kind)
})

/** Whether some interleaving explains every read: by trying them all. */
function reference({byProcess}: Accesses): boolean {
  const lanes = [...byProcess.values()]
  const tried = new Set<string>()
  const order = (at: readonly number[], values: ReadonlyMap<unknown, Access>): boolean => {
    const key = `${at}|${[...values.values()].map(({id}) => id)}`
    if (tried.has(key)) return false
    tried.add(key)
    if (lanes.every((lane, p) => at[p] === lane.length)) return true
    return lanes.some((lane, p) => {
      const [first, second] = [lane[at[p]!], lane[at[p]! + 1]]
      if (first === undefined) return false
      if (first.kind === 'read' && values.get(first.key) !== first.from) return false
      const steps = second?.operation === first.operation ? 2 : 1
      const write = first.kind === 'write' ? first : steps === 2 ? second : undefined
      const next = write === undefined ? values : new Map(values).set(write.key, write)
      return order(at.with(p, at[p]! + steps), next)
    })
  }
  return order(
    lanes.map(() => 0),
    new Map(),
  )
}

function randomRegisters(random: Random): History {
  const written: Record<string, (number | null)[]> = {x: [null], y: [null]}
  let value = 0
  return fuzzHistory(
    random,
    {workers: random.between(2, 4), operations: random.between(4, 11), info: 0.05},
    {
      draw: (draws) => {
        const key = draws.pick(['x', 'y'])
        const dice = draws.next()
        if (dice < 0.5) return {f: 'read', key}
        const list = written[key] as number[]
        return dice < 0.85 ? {f: 'write', key, input: ++value} : {f: 'cas', key, input: [list.at(-1), ++value]}
      },
      apply: ({f, key, input}) => {
        const list = written[key as string]!
        if (f === 'read') return list[Math.max(0, list.length - 1 - random.pick([0, 0, 0, 0, 1, 2]))]
        list.push(f === 'write' ? (input as number) : (input as number[])[1]!)
        return input
      },
    },
  )
}

it('agrees with all interleavings', () => {
  fuzz('sequential', fuzzCount(2000), randomRegisters, (record) => {
    const accesses = accessesOf(record)
    const expected = accesses.thinAir.length === 0 && reference(accesses)
    if (accesses.thinAir.length === 0) expect(sequential(accesses).kind).toBe(expected ? 'valid' : 'invalid')
    return expected
  })
})

it('says unknown when its budget ends', () => {
  const accesses = accessesOf(diagram('0 |write x=1| |read x=1|'))
  expect(sequential(accesses, () => true).kind).toBe('unknown')
})
