import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import {Journal} from './journal.ts'
import {Replica} from './replica.ts'
import type {Update} from './update.ts'

function boot(disk: SimDisk) {
  const replica = new Replica('a', () => 0, [])
  return {replica, journal: new Journal(disk, replica)}
}

test('what was synced survives, what was not may be lost', () => {
  const disk = new SimDisk(createRandom('journal'))
  const {replica, journal} = boot(disk)
  journal.note([replica.write('x', 1)])
  journal.sync()
  journal.note([replica.write('x', 2)])
  disk.crash()
  const after = boot(disk).replica
  expect([1, 2]).toContain(after.registers.read('x'))
  expect(after.write('x', 3).sequence).toBe(after.registers.read('x') === 3 ? after.context.upTo('a') : -1)
})

test('what a peer said it covers survives too', () => {
  const disk = new SimDisk(createRandom('journal'))
  const {replica, journal} = boot(disk)
  const update: Update = {kind: 'add', origin: 'b', sequence: 4, key: 'x', element: 7}
  replica.apply(update)
  replica.cover({b: [0, 6]})
  journal.note([update], {b: [0, 6]})
  journal.sync()
  disk.crash()
  const after = boot(disk).replica
  expect([after.sets.read('x'), after.context.vector()]).toEqual([[7], {b: 6}])
})

test('it is written afresh when most of it is superseded, and loses nothing by it', () => {
  const disk = new SimDisk(createRandom('journal'))
  let {replica, journal} = boot(disk)
  for (let i = 0; i < 50; i++) journal.note([replica.add('s', i)])
  for (let i = 0; i < 10_000; i++) journal.note([replica.write(`x${i % 10}`, i)])
  journal.sync()
  expect(disk.read('journal').length).toBeLessThan(3000)
  disk.crash()
  const fingerprint = replica.fingerprint
  ;({replica, journal} = boot(disk))
  expect([replica.fingerprint, replica.context.vector()]).toEqual([fingerprint, {a: 10_050}])
  expect(replica.registers.read('x7')).toBe(9997)
})
