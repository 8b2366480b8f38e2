/** What recovery brings back: everything synced, each command once, whatever a crash fell between. */
import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import type {Command} from '../state-machine/command.ts'
import {Store} from '../state-machine/store.ts'
import {Wal} from './wal.ts'

const increment = (seq: number): Command => ({
  type: 'call',
  session: 1,
  seq,
  f: 'increment',
  key: 'x',
  value: 1,
})

/** A log with these many commands, an open session first, all synced. */
function written(disk: SimDisk, commands: number, {cutsFirst = false} = {}): {wal: Wal; store: Store} {
  const [wal, store] = [new Wal(disk, {cutsFirst}), new Store()]
  for (const command of [{type: 'open'} as const, ...Array.from({length: commands}, (_, i) => increment(i + 1))]) {
    wal.write(command)
    store.apply(command)
  }
  wal.sync()
  return {wal, store}
}

function recovered(disk: SimDisk): {repeated: number; count: unknown} {
  const store = new Store()
  const repeated = new Wal(disk, {cutsFirst: false}).recover(store)
  return {repeated, count: store.read('read-counter', 'x')}
}

/** Disks whose crashes keep more or less of what was not synced, as chance will have it. */
const DISKS = Array.from({length: 20}, (_, i) => () => new SimDisk(createRandom(`wal-${i}`)))

/** The counts that are left after a checkpoint and a crash, on all these disks. */
function countsAfterCheckpoint(cutsFirst: boolean): unknown[] {
  return DISKS.map((disk) => {
    const own = disk()
    const {wal, store} = written(own, 3, {cutsFirst})
    wal.checkpointIfDue(store, 4)
    own.crash()
    const {repeated, count} = recovered(own)
    expect(repeated).toBe(0)
    return (count as {value: unknown}).value
  })
}

test('what was synced is repeated; of what was not, all or nothing is there', () => {
  const counts = DISKS.map((disk) => {
    const own = disk()
    const {wal} = written(own, 3)
    wal.write(increment(4))
    own.crash()
    return recovered(own)
  })
  const [kept, lost] = [
    {repeated: 5, count: {type: 'ok', value: 4}},
    {repeated: 4, count: {type: 'ok', value: 3}},
  ]
  for (const each of counts) expect([kept, lost]).toContainEqual(each)
  expect(counts).toContainEqual(lost)
})

test('a checkpoint stands for what it covers, and nothing of that is repeated', () => {
  expect(new Set(countsAfterCheckpoint(false))).toEqual(new Set([3]))
})

test('with the bug the log is cut before its checkpoint is safe, and a crash may leave neither', () => {
  expect(countsAfterCheckpoint(true)).toContain(0)
})
