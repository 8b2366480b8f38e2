/** Tables of members, as they travel: `n3 in 1` is the first step of n3. */
import {expect, test} from 'vitest'
import type {Disk, Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {Membership} from './membership.ts'
import type {Members, Standing} from './messages.ts'

/** A disk that keeps what it is given. */
function disk(): Disk {
  const files = new Map<string, readonly Json[]>()
  const read = (file: string) => files.get(file) ?? []
  return {
    read: <T extends Json>(file: string) => read(file) as readonly T[],
    append: (file, record) => files.set(file, [...read(file), record]),
    truncate: (file, records) => files.set(file, read(file).slice(0, records)),
    replace: (file, records) => files.set(file, records),
    sync() {},
  }
}

/** `n1 in 1, n2 out 3` as a table. */
function table(text: string): Members {
  return Object.fromEntries(
    text.split(', ').map((line) => {
      const [node, is, version] = line.split(' ') as [string, Standing, string]
      return [node, {is, version: Number(version)}]
    }),
  )
}

const membership = (text: string) => {
  const it = new Membership(disk(), [])
  it.learn(table(text))
  return it
}

test('the later step of a node counts, whoever tells of it first', () => {
  const it = membership('n1 in 1, n2 leaving 2')
  expect(it.learn(table('n2 in 1'))).toBe(false)
  expect(it.nodes).toEqual(['n1'])
  expect(it.learn(table('n2 out 3, n3 in 1'))).toBe(true)
  expect([it.standing('n2'), it.nodes]).toEqual(['out', ['n1', 'n3']])
})

test('who is let in while it goes, unknown to each other, is in', () => {
  expect(membership('n1 in 1, n2 out 3').learn(table('n2 in 3'))).toBe(true)
  expect(membership('n1 in 1, n2 in 3').learn(table('n2 out 3'))).toBe(false)
})

test('a table survives its node', () => {
  const its = disk()
  const it = new Membership(its, ['n1', 'n2'])
  it.set('n2', 'leaving')
  const again = new Membership(its, ['n1', 'n2'])
  expect(again.members).toEqual(table('n1 in 1, n2 leaving 2'))
})

test('in whatever order tables are told, and however often, all end up with the same', () => {
  const random = createRandom('tables')
  const steps: Standing[] = ['in', 'leaving', 'out']
  for (let round = 0; round < 200; round++) {
    const told = Array.from({length: 5}, () => {
      const nodes = ['n1', 'n2', 'n3'].filter(() => random.next() < 0.7)
      return Object.fromEntries(nodes.map((node) => [node, {is: random.pick(steps), version: 1 + random.int(3)}]))
    })
    const some = new Membership(disk(), [])
    const others = new Membership(disk(), [])
    for (const members of told) some.learn(members)
    for (const members of [...random.shuffle(told), ...told.slice(2)]) others.learn(members)
    expect(some.equals(others.members) && others.equals(some.members), JSON.stringify(told)).toBe(true)
  }
})
