import {afterAll, expect, test} from 'vitest'
import {storeHistory} from '../../bench/linearizable-histories.ts'
import {linearizable} from '../../checkers/linearizable/index.ts'
import {UNLIMITED} from '../../core/checker.ts'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {createCheckPool} from './check-pool.ts'

const pool = createCheckPool(3)
afterAll(() => pool.close())

const shape = {seed: 'pool', operations: 60_000, clients: 10, values: 4, keys: 500}

test.each(['register', 'general'])('on several cores the verdict is the same: %s', async (way) => {
  const record = history(storeHistory({...shape, violation: 'chain'}))
  const model = way === 'register' ? 'cas-register' : 'kv'
  const asKv = (op: Op) => ({
    ...op,
    f: op.f === 'read' ? 'get' : op.f === 'write' ? 'put' : 'get',
    value: op.f === 'cas' ? null : op.value,
  })
  const asked = way === 'register' ? record : history(record.ops.map((op) => asKv(op)))
  const alone = await linearizable({model}).check(asked)
  const together = await linearizable({model}).check(asked, {parallel: pool})
  expect(together).toEqual(alone)
  expect(alone.validity).toBe('invalid')
})

test('a budget ends the threads too', async () => {
  const record = history(storeHistory(shape))
  const budget = {exceeded: () => 'no time at all'}
  const verdict = await linearizable({model: 'cas-register'}).check(record, {parallel: pool, budget})
  expect(verdict.validity).not.toBe('invalid')
})

test('what fails in a thread fails here', async () => {
  const task = {name: 'no such task', run: () => 1}
  const units = [{}, {}]
  await expect(pool.map(task, units, UNLIMITED)).rejects.toThrow(/run/)
})
