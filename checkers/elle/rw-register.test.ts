import {describe, expect, test} from 'vitest'
import type {History} from '../../core/history.ts'
import type {ElleDetail} from './elle-verdict.ts'
import {concurrent, serial, timed} from './notation.fixture.ts'
import {type RwRegisterOptions, rwRegister} from './rw-register.ts'

async function types(history: History, options: RwRegisterOptions = {}): Promise<readonly string[]> {
  const {anomalyTypes, allowed} = (await rwRegister(options).check(history)).detail as ElleDetail
  return [...anomalyTypes, ...allowed].sort()
}

describe('without any assumption', () => {
  test.each([
    ['G1a', concurrent('wx1!', 'rx=1')],
    ['G1b', concurrent('wx1wx2', 'rx=1')],
    ['G1c', concurrent('wx1ry=1', 'wy1rx=1')],
    ['G-single-item', concurrent('wx1wy1', 'rx=1ry_')],
    ['G2-item', concurrent('rx_wy1', 'ry_wx1')],
    ['internal', concurrent('wx1rx=2', 'wx2')],
    ['future-read', concurrent('rx=1wx1')],
    ['lost-update', concurrent('wx1', 'rx=1wx2', 'rx=1wx3')],
    ['lost-update', concurrent('wx1', 'wx2rx=1wx3', 'rx=1wx4')],
    ['G1b', concurrent('wx1wx2!', 'rx=1')],
    ['thin-air-read', concurrent('rx=1')],
    ['G1c-realtime', serial('rx=1', 'wx1')],
    ['G-single-item-realtime', serial('wx1', 'rx_')],
  ])('%s', async (type, given) => {
    expect(await types(given, {writesFollowReads: false})).toContain(type)
  })

  test('an info transaction whose value was read did happen: its other writes count', async () => {
    expect(await types(concurrent('wx1wy1?', 'rx=1ry_'))).toEqual(['G-single-item'])
    expect(await types(concurrent('wx1wy1?', 'rx_ry_wz1', 'rz=1'))).toEqual([])
  })
})

describe('version orders', () => {
  const skewed = concurrent('wy1', 'ry=1wx1wy2', 'rx=1ry=1')

  test('writes follow reads', async () => {
    expect(await types(skewed)).toEqual(['G-single-item'])
    expect(await types(skewed, {writesFollowReads: false})).toEqual([])
  })

  test('sequential keys: a process sees versions in order, which can show a G0', async () => {
    const given = timed([0, 0, 1, 'wx1wy2'], [1, 0, 1, 'wx2wy1'], [0, 2, 3, 'rx=2'], [1, 2, 3, 'ry=2'])
    expect(await types(given)).toEqual([])
    expect(await types(given, {sequentialKeys: true})).toContain('G0')
    const verdict = await rwRegister({sequentialKeys: true}).check(given)
    expect(verdict.anomalies[0]!.why).toEqual([
      'Let T1 = #2 p0: w x 1, w y 2',
      'and T2 = #3 p1: w x 2, w y 1',
      'Then T1 < T2, because T2 overwrote x = 1, which T1 wrote, with 2 (sequential-keys)',
      'However, T2 < T1, because T1 overwrote y = 1, which T2 wrote, with 2 (sequential-keys): a contradiction!',
    ])
  })

  test('linearizable keys: real time orders versions', async () => {
    const given = timed([0, 0, 1, 'wx1'], [1, 2, 3, 'wx2wy1'], [2, 0, 9, 'rx=1ry=1'])
    expect(await types(given, {orders: []})).toEqual([])
    expect(await types(given, {orders: [], linearizableKeys: true})).toEqual(['G-single-item'])
  })

  test('an order of transactions that the store itself told', async () => {
    const given = concurrent('rx_wy2', 'wx3wy4')
    expect(await types(given)).toEqual([])
    expect(
      await types(given, {
        transactionOrder: new Map([
          [2, 2],
          [3, 1],
        ]),
      }),
    ).toEqual(['G-single-item'])
  })

  test('a key whose versions contradict an assumption is reported, and the assumption kept for the others', async () => {
    const given = timed(
      [0, 0, 1, 'wx1'],
      [0, 2, 3, 'wx2'],
      [0, 4, 5, 'rx=1'],
      [1, 0, 1, 'wy1wz2'],
      [2, 0, 1, 'wy2wz1'],
      [1, 2, 3, 'ry=2'],
      [2, 2, 3, 'rz=2'],
    )
    const found = await types(given, {sequentialKeys: true})
    expect(found).toEqual(expect.arrayContaining(['cyclic-versions', 'G0']))
    const verdict = await rwRegister({sequentialKeys: true}).check(given)
    expect(verdict.anomalies.find((anomaly) => anomaly.type === 'cyclic-versions')).toMatchObject({
      key: 'x',
      detail: {versions: [1, 2], sources: ['initial-state', 'writes-follow-reads', 'sequential-keys']},
    })
  })

  test('many readers of a state that many overwrite stay linear, and nobody overwrites himself', async () => {
    const readers = Array.from({length: 9}, (_, i) => `rx_wx${i + 1}`)
    const found = await types(concurrent(...readers), {writesFollowReads: false})
    expect(found).toEqual(['G2-item', 'lost-update'])
    expect(await types(concurrent('rx_wx1', 'rx=1'))).toEqual([])
  })
})

describe('ill-formed histories', () => {
  test('a value written twice to a key', () => {
    const message = 'ill-formed history: op #3 writes 1 to x, as op #2 did before'
    expect(() => rwRegister().check(concurrent('wx1', 'wx1'))).toThrow(expect.objectContaining({message, exitCode: 2}))
  })

  test('null written', () => {
    const ops = (['invoke', 'ok'] as const).map((type, index) => ({
      index,
      timeNs: 0,
      type,
      process: 0,
      f: 'txn',
      value: [['w', 'x', null]],
    }))
    expect(() => rwRegister().check({ops, length: 2} as unknown as History)).toThrow('op #1 writes null to x')
  })
})
