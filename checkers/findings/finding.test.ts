import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {uniqueIds} from '../invariants/unique-ids.ts'
import {linearizable} from '../linearizable/index.ts'
import {totalQueue} from '../queues/total-queue.ts'
import {ofKey} from './finding.ts'

/** Completed operations, one after the other: `[process, f, argument, answer]`. */
function done(key: string | number | undefined, ...operations: (readonly [number, string, unknown, unknown])[]) {
  const ops: Omit<Op, 'index' | 'timeNs'>[] = operations.flatMap(([process, f, asked, answered]) => [
    {type: 'invoke', process, f, value: asked, ...(key === undefined ? {} : {key})},
    {type: 'ok', process, f, value: answered, ...(key === undefined ? {} : {key})},
  ])
  return history(ops.map((op, index) => ({...op, index, timeNs: index})))
}

test('a key that is a bare number is told as a key', async () => {
  expect([ofKey('x'), ofKey(5), ofKey('5'), ofKey(undefined)]).toEqual([' of x', ' of key 5', ' of key 5', ''])
  const {anomalies} = await linearizable({model: 'register'}).check(
    done(5, [0, 'write', 1, 1], [0, 'read', null, null]),
  )
  expect(anomalies[0]?.sentence).toBe('Process 0 read key 5 = null, but only 1 was possible')
})

test('an id that one process was given twice', async () => {
  const {anomalies} = await uniqueIds().check(done(undefined, [3, 'generate', null, 7], [3, 'generate', null, 7]))
  expect(anomalies[0]?.sentence).toBe('Process 3 was given the id 7 twice.')
})

test.each([
  ['x', '1 was put into x and acknowledged, but never came out.'],
  [4, '1 was put into key 4 and acknowledged, but never came out.'],
  [undefined, '1 was put in and acknowledged, but never came out.'],
])('what queue %s lost', async (key, sentence) => {
  const {anomalies} = await totalQueue().check(done(key, [0, 'enqueue', 1, 1], [0, 'drain', null, []]))
  expect(anomalies[0]?.sentence).toBe(sentence)
  expect(anomalies[0]?.witness).toEqual([0, 1, 2, 3])
  expect(anomalies[0]?.why?.[0]).toMatch(/^In the end, drain #2 left nothing/)
})
