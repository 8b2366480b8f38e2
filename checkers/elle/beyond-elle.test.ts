/**
 * Where we differ from Elle on purpose, smallest example first; found by judging thousands of random histories with both.
 * Each was held against the definitions (see `brute-force.fixture.ts`). docs/checkers.md has the same list in words.
 */
import {describe, expect, test} from 'vitest'
import type {History} from '../../core/history.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {listAppend} from './list-append.ts'
import {concurrent, serial, timed} from './notation.fixture.ts'
import {type RwRegisterOptions, rwRegister} from './rw-register.ts'

async function lists(given: History): Promise<readonly string[]> {
  const {anomalyTypes, allowed} = (await listAppend().check(given)).detail as ElleDetail
  return [...anomalyTypes, ...allowed]
}

async function registers(given: History, options: RwRegisterOptions = {}): Promise<readonly string[]> {
  const {anomalyTypes, allowed} = (await rwRegister(options).check(given)).detail as ElleDetail
  return [...anomalyTypes, ...allowed]
}

describe('lists', () => {
  test('a failed append between two others does not hide their order', async () => {
    expect(await lists(concurrent('ax1ay2', 'ax2!', 'ay1ax3', 'rx123ry12'))).toContain('G0')
    // The last one seen failed, and y's second append was never seen: it still came after the first.
    expect(await lists(concurrent('ax1ay2', 'ay9!', 'ay1ax2', 'rx12ry19'))).toContain('G0')
  })

  test('an append that only a contradicting list shows was seen: it did not come after all others', async () => {
    expect(await lists(concurrent('ax1ay1', 'ax2ay2', 'ax3', 'rx23', 'rx1', 'ry21'))).toEqual(['incompatible-order'])
  })

  test('two appends of one transaction that were read in the other order', async () => {
    expect(await lists(concurrent('ax1ax2', 'rx21'))).toContain('incompatible-order')
    expect(await lists(concurrent('ax1ax2', 'rx2'))).toContain('incompatible-order')
  })

  test('what a process began last comes last, whether or not anybody saw it complete', async () => {
    expect(await lists(timed([0, 0, 1, 'ax1'], [0, 2, 3, 'ax2?'], [1, 2, 9, 'rx21']))).toContain('G0-process')
  })

  test('elements that nobody appended are reported, and nothing throws', async () => {
    expect(await lists(serial('ax1', 'rx17'))).toEqual(['thin-air-read'])
  })
})

describe('registers', () => {
  test('every read of a transaction counts, not only its first of a key', async () => {
    expect(await registers(concurrent('rx_rx=1', 'wx1'))).toEqual(expect.arrayContaining(['internal', 'G-single-item']))
  })

  test('a write that nobody saw complete, but somebody read, has its dependencies', async () => {
    expect(await registers(concurrent('wx1wy1?', 'rx=1ry_'))).toEqual(['G-single-item'])
  })

  test('values that nobody wrote are reported', async () => {
    expect(await registers(concurrent('rx=1'))).toEqual(['thin-air-read'])
  })

  test('who read what it wrote only later is no cycle of one', async () => {
    expect(await registers(concurrent('rx=1wx1'))).toEqual(['future-read'])
  })

  test('what a process wrote precedes what it read then, not only what it wrote then', async () => {
    const given = timed([0, 0, 1, 'wx1'], [0, 2, 3, 'rx_wx2'])
    expect(await registers(given, {orders: [], sequentialKeys: true})).toEqual(['cyclic-versions'])
  })

  test('a key that contradicts an assumption takes it from no other key', async () => {
    const given = timed([0, 0, 1, 'wx1wy1'], [0, 2, 3, 'rx_'], [1, 2, 3, 'wy2wz1'], [2, 0, 9, 'ry=1rz=1'])
    const found = await registers(given, {orders: [], linearizableKeys: true})
    expect(found).toEqual(expect.arrayContaining(['cyclic-versions', 'G-single-item']))
  })

  test('a strictly serializable record is not accused, whatever is assumed of its keys', async () => {
    const turns = Array.from(
      {length: 200},
      (_, i) => `rx${i === 0 ? '_' : `=${i}`}wx${i + 1}ry${i === 0 ? '_' : `=${i}`}wy${i + 1}`,
    )
    expect(await registers(serial(...turns), {sequentialKeys: true, linearizableKeys: true})).toEqual([])
  })
})

test('a record in which no transaction depends on another is unknown', async () => {
  expect((await listAppend().check(concurrent('ax1', 'ry', 'az1'))).validity).toBe('unknown')
  expect((await rwRegister().check(concurrent('wx1', 'ry_'))).validity).toBe('unknown')
})
