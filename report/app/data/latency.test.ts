import {expect, test} from 'vitest'
import type {Op} from '../../../core/op.ts'
import {createRandom} from '../../../core/random.ts'
import {pairLeniently, tabulate} from '../../tabulate.ts'
import {seriesOf} from './latency.ts'
import {Table} from './table.ts'
import {Texts} from './texts.ts'

/** A read per entry, one every millisecond, each taking so long (ns); negative: it failed after that time. */
function tableOf(latenciesNs: readonly number[]): Promise<Table> {
  const ops = latenciesNs.flatMap((latency, i): Op[] => [
    {index: 2 * i, timeNs: i * 1e6, type: 'invoke', process: i, f: 'read', value: null},
    {
      index: 2 * i + 1,
      timeNs: i * 1e6 + Math.abs(latency),
      type: latency < 0 ? 'fail' : 'ok',
      process: i,
      f: 'read',
      value: 1,
    },
  ])
  const {columns, facts, texts} = tabulate(pairLeniently(ops), 100)
  // Small numbers travel in the columns.
  expect(texts).toEqual([])
  return Table.of(columns, facts, new Texts(new Uint8Array(4)), 0, 1e12)
}

test('quantiles agree with sorting, within the width of a bin', async () => {
  const random = createRandom('latency')
  const latencies = Array.from({length: 5000}, () => Math.round(10 ** (4 + 4 * random.next())))
  const {quantilesMs} = seriesOf(await tableOf(latencies), {fromNs: 0, toNs: 5000e6}, 1)
  const sorted = [...latencies].sort((left, right) => left - right)
  for (const [at, quantile] of [0.5, 0.95, 0.99].entries()) {
    const exact = sorted[Math.ceil(quantile * 5000) - 1]! / 1e6
    expect(Math.abs(quantilesMs[at]![0]! / exact - 1)).toBeLessThan(0.025)
  }
})

test('failures have a rate, but no part in the quantiles', async () => {
  const {quantilesMs, rates} = seriesOf(await tableOf([1e6, -1e9, 1e6, -1e9]), {fromNs: 0, toNs: 4e6}, 1)
  expect(quantilesMs[2]![0]).toBeCloseTo(1, 1)
  expect(rates.map(({f, outcome, perS}) => [f, outcome, perS])).toEqual([
    ['read', 0, [500]],
    ['read', 1, [500]],
  ])
})

test('a slice in which nothing succeeded is a gap', async () => {
  const {quantilesMs, timesS} = seriesOf(await tableOf([1e6]), {fromNs: 0, toNs: 4e6}, 4)
  expect(quantilesMs[0]!.map((value) => value === null)).toEqual([false, true, true, true])
  expect(timesS).toEqual([0.0005, 0.0015, 0.0025, 0.0035])
})
