import {expect, test} from 'vitest'
import {TransactionsBuilder} from './builder.ts'
import {transactionsOf} from './from-history.ts'
import {listAppend} from './list-append.ts'
import {serial} from './notation.fixture.ts'

test('columns filled by hand are judged like the history that they stand for', async () => {
  const builder = new TransactionsBuilder('list-append')
  builder.begin({process: 0, outcome: 'ok', invoked: 0, completed: 1, invokeIndex: 0, completeIndex: 1})
  builder.write('x', 1)
  builder.begin({process: 1, outcome: 'ok', invoked: 2, completed: 3, invokeIndex: 2, completeIndex: 3})
  builder.read('x', [])
  const verdict = listAppend().judge(builder.build())
  expect(verdict).toEqual(await listAppend().check(serial('ax1', 'rx')))
  expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual(['G-single-item-realtime'])
})

test('the longest list of a key gives its order, however late it comes; the others are prefixes of it, or odd', () => {
  const given = serial('ax1', 'ax2', 'ax3', 'rx1', 'rx13', 'rx2', 'rx123', 'rx12', 'rx13')
  const {transactions} = transactionsOf(given, 'list-append')
  const {longest, odd, mopValue} = transactions
  const values = (versions: Int32Array) => [...versions].map((version) => transactions.valueOf(version))
  expect(values(longest)).toEqual([1, 2, 3])
  const reads = [...mopValue.subarray(3)].map((value) => (value >= 0 ? value : values(odd[-2 - value]!)))
  expect(reads).toEqual([1, [1, 3], [2], 3, 2, [1, 3]])
})
