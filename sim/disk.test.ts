import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {createRandom} from '../core/random.ts'
import {SimDisk} from './disk.ts'

type Change = ['append', string] | ['truncate', number] | ['replace', string[]] | ['sync'] | ['sync all']

const change: fc.Arbitrary<Change> = fc.oneof(
  {weight: 4, arbitrary: fc.tuple(fc.constant('append' as const), fc.constantFrom('a', 'b', 'c'))},
  fc.tuple(fc.constant('truncate' as const), fc.nat(4)),
  fc.tuple(fc.constant('replace' as const), fc.array(fc.constantFrom('x', 'y'), {maxLength: 3})),
  fc.constant<Change>(['sync']),
  fc.constant<Change>(['sync all']),
)

function apply(disk: SimDisk, [kind, argument]: Change): void {
  if (kind === 'append') disk.append('f', argument as string)
  if (kind === 'truncate') disk.truncate('f', argument as number)
  if (kind === 'replace') disk.replace('f', argument as string[])
  if (kind === 'sync') disk.sync('f')
  if (kind === 'sync all') disk.sync()
}

/** What a file without faults would hold after these changes. */
function plain(changes: readonly Change[]): string[] {
  let records: string[] = []
  for (const [kind, argument] of changes) {
    if (kind === 'append') records.push(argument as string)
    if (kind === 'truncate') records = records.slice(0, argument as number)
    if (kind === 'replace') records = [...(argument as string[])]
  }
  return records
}

describe('a simulated disk', () => {
  test('reads see everything, synced or not', () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const disk = new SimDisk(createRandom(1))
        for (const each of changes) apply(disk, each)
        expect(disk.read('f')).toEqual(plain(changes))
      }),
    )
  })

  test('a crash keeps what was synced and some prefix of what was not', () => {
    fc.assert(
      fc.property(fc.array(change), fc.nat(), (changes, seed) => {
        const disk = new SimDisk(createRandom(seed))
        for (const each of changes) apply(disk, each)
        disk.crash()
        const synced = changes.findLastIndex(([kind]) => kind.startsWith('sync')) + 1
        const possible = changes.slice(synced).map((_, i) => plain(changes.slice(0, synced + i + 1)))
        expect([plain(changes.slice(0, synced)), ...possible]).toContainEqual(disk.read('f'))
      }),
    )
  })

  test('every prefix is kept by some seed, and nothing by about half', () => {
    const kept = new Map<number, number>()
    for (let seed = 0; seed < 400; seed++) {
      const disk = new SimDisk(createRandom(seed))
      for (const record of ['a', 'b', 'c']) disk.append('f', record)
      disk.crash()
      const {length} = disk.read('f')
      kept.set(length, (kept.get(length) ?? 0) + 1)
    }
    expect([...kept.keys()].sort()).toEqual([0, 1, 2, 3])
    expect(kept.get(0)).toBeGreaterThan(200)
    expect(kept.get(0)).toBeLessThan(300)
  })

  test('replace is whole or not at all', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      const disk = new SimDisk(createRandom(seed))
      disk.replace('f', ['old', 'old'])
      disk.sync('f')
      disk.replace('f', ['new', 'new', 'new'])
      disk.crash()
      seen.add(disk.read('f').join())
    }
    expect(seen).toEqual(new Set(['old,old', 'new,new,new']))
  })

  test('files are lost each on its own, and syncing one leaves the others unsynced', () => {
    const lostAlone = new Set<string>()
    for (let seed = 0; seed < 100; seed++) {
      const disk = new SimDisk(createRandom(seed))
      disk.append('f', 'a')
      disk.append('g', 'b')
      disk.append('h', 'c')
      disk.sync('h')
      disk.crash()
      expect(disk.read('h')).toEqual(['c'])
      lostAlone.add(`${disk.read('f')}${disk.read('g')}`)
    }
    expect(lostAlone).toEqual(new Set(['', 'a', 'b', 'ab']))
  })

  test('what a crash left is durable', () => {
    const disk = new SimDisk(createRandom(3))
    disk.append('f', 'a')
    disk.crash()
    const left = disk.read('f')
    disk.crash()
    expect(disk.read('f')).toEqual(left)
  })

  test('what was read does not change any more', () => {
    const disk = new SimDisk(createRandom(1))
    disk.append('f', 'a')
    const read = disk.read('f')
    disk.append('f', 'b')
    expect(read).toEqual(['a'])
    expect(disk.read('never written')).toEqual([])
  })
})
