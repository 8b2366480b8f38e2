/** A volume keeps what was synced and nothing else when its power is cut, and has no room when it is full. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {mountsBelow, unmountBelow} from '../local/mounts.ts'
import {localPlace} from '../local/place.ts'
import {canMountVolumes} from './support.ts'
import {Volume} from './volume.ts'

let directory: string
let volume: Volume

const able = canMountVolumes()

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-volume-'))
  const place = localPlace({logDirectory: directory, guard: () => () => {}, onUnexpectedExit: () => {}})
  volume = new Volume({path: join(directory, 'a disk'), image: join(directory, 'disk-n1'), place})
  if (able === true) await volume.create()
})
afterEach(() => {
  unmountBelow(directory)
  expect(mountsBelow(directory)).toEqual([])
  rmSync(directory, {recursive: true})
})

/** A name may be kept along with what others sync, without what was written under it. */
function contents(name: string): string {
  const path = join(volume.path, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

const skipped = able === true ? '' : `: ${able}`

test.skipIf(able !== true)(`a power cut takes what was not synced, every time${skipped}`, async () => {
  const log = openSync(join(volume.path, 'log'), 'w')
  writeSync(log, 'kept')
  fsyncSync(log)
  writeFileSync(join(volume.path, 'lost'), 'never synced')
  await volume.mark()
  await volume.shutDown()
  closeSync(log)
  await volume.revive()
  expect(contents('log')).toBe('kept')
  expect(contents('lost')).toBe('')
  expect([await volume.hasMark('synced'), await volume.hasMark('unsynced')]).toEqual([true, false])
  // The next one as well: nothing of the old file system is left.
  writeFileSync(join(volume.path, 'lost'), 'never synced')
  await volume.shutDown()
  await volume.revive()
  expect(contents('log')).toBe('kept')
  expect(contents('lost')).toBe('')
})

test.skipIf(able !== true)(`a full volume refuses what is new until there is room again${skipped}`, async () => {
  await volume.write()
  await volume.fill()
  await expect(volume.write()).rejects.toThrow('ENOSPC')
  await volume.empty()
  await volume.write()
})
