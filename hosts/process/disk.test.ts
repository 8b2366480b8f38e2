import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {writeRecord} from '../../core/record.ts'
import {FileDisk} from './disk.ts'
import {SOUND} from './disk-faults.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-disk-'))
})
afterEach(() => rmSync(directory, {recursive: true}))

test('what is not synced is lost by a crash, and visible until then', () => {
  const disk = new FileDisk(directory)
  disk.append('log', 'a')
  disk.sync('log')
  disk.append('log', 'b')
  expect(disk.read('log')).toEqual(['a', 'b'])
  expect(new FileDisk(directory).read('log')).toEqual(['a'])
})

test('a replaced file is the old one or the new one', () => {
  const disk = new FileDisk(directory)
  disk.append('log', 'old')
  disk.sync()
  disk.replace('log', ['new', 'newer'])
  expect(new FileDisk(directory).read('log')).toEqual(['old'])
  disk.sync()
  disk.append('log', 'newest')
  disk.sync()
  expect(new FileDisk(directory).read('log')).toEqual(['new', 'newer', 'newest'])
})

test('a torn last line is dropped, and does not spoil what is appended later', () => {
  const disk = new FileDisk(directory)
  disk.append('log', 'whole')
  disk.sync()
  appendFileSync(join(directory, 'log'), 'to')
  const reopened = new FileDisk(directory)
  expect(reopened.read('log')).toEqual(['whole'])
  reopened.append('log', 'next')
  reopened.sync()
  expect(readFileSync(join(directory, 'log'), 'utf8')).toBe(`${writeRecord('whole')}\n${writeRecord('next')}\n`)
})

test('a damaged record stops whoever reads it, the last one too, unless it was torn', () => {
  const path = join(directory, 'log')
  writeFileSync(path, `${writeRecord('a')}\n${writeRecord('b').replace('b', 'B')}\n${writeRecord('c')}\n`)
  expect(() => new FileDisk(directory).read('log')).toThrow('record 2 is not what was written')
  writeFileSync(path, `${writeRecord('a')}\n${writeRecord('b').replace('b', 'B')}\n`)
  expect(() => new FileDisk(directory).read('log')).toThrow('record 2 is not what was written')
  writeFileSync(path, `${writeRecord('a')}\n${writeRecord('b')}*`)
  expect(() => new FileDisk(directory).read('log')).toThrow('record 2 is not what was written')
  writeFileSync(path, `${writeRecord('a')}\n${writeRecord('"long"').slice(0, -2)}`)
  expect(new FileDisk(directory).read('log')).toEqual(['a'])
})

/** A disk that is nothing but its definition. */
class ModelDisk {
  durable: string[] = []
  seen: string[] = []
}

test('any sequence of changes, syncs and crashes leaves what was synced last', () => {
  const step = fc.oneof(
    fc.record({kind: fc.constant('append' as const), record: fc.stringMatching(/^[a-zé]{0,4}$/)}),
    fc.record({kind: fc.constant('truncate' as const), records: fc.nat(6)}),
    fc.record({
      kind: fc.constant('replace' as const),
      records: fc.array(fc.stringMatching(/^[a-z]{0,3}$/), {maxLength: 4}),
    }),
    fc.record({kind: fc.constant('sync' as const)}),
    fc.record({kind: fc.constant('crash' as const)}),
  )
  let files = 0
  fc.assert(
    fc.property(fc.array(step, {maxLength: 30}), (steps) => {
      const file = `f${files++}`
      const model = new ModelDisk()
      let disk = new FileDisk(directory)
      for (const action of steps) {
        if (action.kind === 'append') {
          disk.append(file, action.record)
          model.seen = [...model.seen, action.record]
        } else if (action.kind === 'truncate') {
          disk.truncate(file, action.records)
          model.seen = model.seen.slice(0, action.records)
        } else if (action.kind === 'replace') {
          disk.replace(file, action.records)
          model.seen = action.records.slice()
        } else if (action.kind === 'sync') {
          disk.sync(file)
          model.durable = model.seen
        } else {
          disk = new FileDisk(directory)
          model.seen = model.durable
        }
        expect(disk.read(file)).toEqual(model.seen)
      }
    }),
    {numRuns: 200},
  )
})

test('where syncs are done at the end of a turn, a crash before leaves what an earlier one left, never what was not synced', () => {
  const step = fc.oneof(
    fc.record({kind: fc.constant('append' as const), record: fc.stringMatching(/^[a-z]{0,4}$/)}),
    fc.record({kind: fc.constant('truncate' as const), records: fc.nat(6)}),
    fc.record({kind: fc.constant('replace' as const), records: fc.array(fc.constant('r'), {maxLength: 4})}),
    fc.record({kind: fc.constantFrom('sync' as const, 'sync all' as const, 'end of turn' as const, 'crash' as const)}),
  )
  let files = 0
  fc.assert(
    fc.property(fc.array(step, {maxLength: 30}), (steps) => {
      const file = `turn${files++}`
      let told = false
      const later = () => {
        told = true
      }
      let disk = new FileDisk(directory, later)
      let seen: readonly unknown[] = []
      /** What was there at each sync since the last end of a turn, and at that end. */
      let synced: (readonly unknown[])[] = [[]]
      for (const action of steps) {
        if (action.kind === 'append') {
          disk.append(file, action.record)
          seen = [...seen, action.record]
        } else if (action.kind === 'truncate') {
          disk.truncate(file, action.records)
          seen = seen.slice(0, action.records)
        } else if (action.kind === 'replace') {
          disk.replace(file, action.records)
          seen = action.records.slice()
        } else if (action.kind === 'end of turn') {
          // Where nobody was told there is nothing to do.
          if (told) disk.settle()
          told = false
          synced = [synced.at(-1)!]
          expect(new FileDisk(directory).read(file)).toEqual(synced[0])
        } else if (action.kind === 'crash') {
          disk = new FileDisk(directory, later)
          seen = disk.read(file).slice()
          expect(synced).toContainEqual(seen)
          told = false
          synced = [seen]
        } else {
          disk.sync(action.kind === 'sync' ? file : undefined)
          synced.push(seen)
        }
        expect(disk.read(file)).toEqual(seen)
      }
    }),
    {numRuns: 300},
  )
})

test('a disk that gets harmed was sound for what was synced before, and is so no longer for what comes then', () => {
  const disk = new FileDisk(directory, () => {})
  disk.append('log', 'before')
  disk.sync()
  expect(new FileDisk(directory).read('log')).toEqual([])
  disk.state = {...SOUND, full: true}
  expect(new FileDisk(directory).read('log')).toEqual(['before'])
  disk.append('log', 'after')
  expect(() => disk.sync()).toThrow('no space left on device')
})

test('whatever bit turns over of what was synced, nobody is given what was not written', () => {
  const disk = new FileDisk(directory)
  for (const record of ['a', {b: 1}, [true, null]]) disk.append('log', record)
  disk.sync()
  const path = join(directory, 'log')
  const sound = readFileSync(path)
  for (let bit = 0; bit < sound.length * 8; bit++) {
    const flipped = Buffer.from(sound)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(path, flipped)
    expect(() => new FileDisk(directory).read('log'), `bit ${bit}`).toThrow('is not what was written')
  }
})

test('a full disk refuses what is new and keeps what it has; once there is room everything can be written', () => {
  const disk = new FileDisk(directory)
  disk.append('log', 'old')
  disk.sync()
  disk.state = {...SOUND, full: true}
  disk.append('log', 'new')
  expect(() => disk.sync()).toThrow('no space left on device')
  expect(new FileDisk(directory).read('log')).toEqual(['old'])
  disk.state = SOUND
  disk.sync()
  expect(new FileDisk(directory).read('log')).toEqual(['old', 'new'])
})
