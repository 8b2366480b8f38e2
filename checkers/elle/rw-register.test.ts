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

  test('who read its own write from the future has not lost sight of it: the other saw its update', async () => {
    const found = await types(concurrent('rx=2wx2', 'rx=2wx3'))
    expect(found).toContain('future-read')
    expect(found).not.toContain('lost-update')
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
      'Let T1 = #0 p0: w x 1, w y 2',
      'and T2 = #1 p1: w x 2, w y 1',
      'Then T1 < T2, because T2 overwrote x = 1, which T1 wrote, with 2 (by sequential-keys)',
      'However, T2 < T1, because T1 overwrote y = 1, which T2 wrote, with 2 (by sequential-keys): a contradiction!',
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
      sentence:
        'cyclic-versions: the versions 1 and 2 of x must each precede the other (by sequential-keys). Rules out read-uncommitted.',
      why: [
        '#0 p0: w x 1',
        '#6 p0: w x 2',
        '#12 p0: r x 1',
        'Now 1 < 2, because process 0 wrote 1 (#0) before it wrote 2 (#6)',
        'However, 2 < 1, because process 0 wrote 2 (#6) before it read 1 (#12): a contradiction!',
      ],
      detail: {versions: [1, 2], sources: ['sequential-keys']},
    })
  })

  test.each([
    [
      'what every version follows cannot follow one',
      timed([0, 0, 1, 'wx1'], [1, 2, 3, 'rx_']),
      {linearizableKeys: true},
      [
        'Now 1 < null, because #0, which wrote 1, had completed (#1) before #2, which read null, was invoked',
        'However, null < 1, because every version follows the initial one: a contradiction!',
      ],
    ],
    [
      'the shortest circle of many',
      timed(
        [0, 0, 1, 'wx1'],
        [0, 2, 3, 'wx2'],
        [0, 4, 5, 'wx3'],
        [0, 6, 7, 'rx=2'],
        [1, 8, 9, 'rx=3wx4'],
        [1, 10, 11, 'rx=1'],
      ),
      {sequentialKeys: true},
      [
        'Now 2 < 3, because process 0 wrote 2 (#2) before it wrote 3 (#4)',
        'However, 3 < 2, because process 0 wrote 3 (#4) before it read 2 (#6): a contradiction!',
      ],
    ],
    [
      'a transaction that read what it then wrote',
      concurrent('rx=1wx2', 'rx=2wx1'),
      {},
      [
        'Now 1 < 2, because #0 read 1 before it wrote 2',
        'However, 2 < 1, because #1 read 2 before it wrote 1: a contradiction!',
      ],
    ],
    [
      'an order of the store',
      concurrent('rx=1wx2', 'wx1'),
      {
        transactionOrder: new Map([
          [2, 1],
          [3, 2],
        ]),
      },
      [
        'Now 2 < 1, because the store committed #0, which wrote 2, before #1, which wrote 1',
        'However, 1 < 2, because #0 read 1 before it wrote 2: a contradiction!',
      ],
    ],
  ])('a contradiction in words: %s', async (_, given, options, why) => {
    const {anomalies} = await rwRegister({orders: [], ...options}).check(given)
    const reported = anomalies.filter((anomaly) => anomaly.type === 'cyclic-versions')
    expect(reported).toHaveLength(1)
    expect(reported[0]!.why!.slice(-why.length)).toEqual(why)
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
