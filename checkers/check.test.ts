/** The library as its documentation shows it, and what every checker has in common. */
import {expect, it} from 'vitest'
import {UsageError} from '../core/error.ts'
import {parseOps} from '../core/format/index.ts'
import {history} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {bank, CHECKERS, type CheckerName, check, diagram, linearizable, threshold} from './index.ts'

const STALE = `
  0 |write 1|  |write 2|
  1                        |read 1|
`

it('judges ops in an array', async () => {
  const ops: Op[] = [
    {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'write', value: 1},
    {index: 1, timeNs: 5, type: 'ok', process: 0, f: 'write', value: 1},
    {index: 2, timeNs: 7, type: 'invoke', process: 1, f: 'read', value: null},
    {index: 3, timeNs: 9, type: 'ok', process: 1, f: 'read', value: 7},
  ]
  const verdict = await check(ops, 'linearizable')
  expect(verdict.validity).toBe('invalid')
  expect(verdict.anomalies[0]?.sentence).toContain('Process 1 read')
})

it('judges a stream of text in any format', async () => {
  const text = Buffer.from(
    '{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :read, :process 0, :value {:a 4 :b 6}}\n',
  )
  const verdict = await check(parseOps([text], {file: 'history.edn'}), bank({total: 10}))
  expect(verdict.validity).toBe('valid')
})

it('judges a history drawn as text', async () => {
  expect((await check(diagram(STALE), linearizable({model: 'register'}))).validity).toBe('invalid')
  expect((await check(diagram(STALE), 'sequential')).validity).toBe('valid')
  expect((await check(diagram(STALE), threshold('ok_rate>0.9'))).validity).toBe('valid')
})

it('knows its checkers', async () => {
  await expect(check([], 'linearisable' as CheckerName)).rejects.toThrow('Did you mean "linearizable"?')
  await expect(check([], 'toString' as CheckerName)).rejects.toThrow(UsageError)
})

const NAMES = Object.keys(CHECKERS) as CheckerName[]

it.each(NAMES)('%s is named as it is listed, describes itself, and calls an empty history unknown', async (name) => {
  const checker = (CHECKERS[name] as () => {name: string; description: string})()
  expect(checker.name).toBe(name)
  expect(checker.description).toMatch(/^\S.{10,}[^.]$/)
  const verdict = await check(history([]), name)
  expect(verdict).toMatchObject({validity: 'unknown', anomalies: [], reason: expect.stringMatching(/\w/)})
})

it.each(NAMES)('%s is not thrown by operations of another kind', async (name) => {
  const odd = diagram(`
    0@n1 |read 1|  |write nil|  |add [1]|  |cas nil #  |read {a: 1}|
    1@n2 |txn nil| |poll 7|  |acquire yes| |enqueue {}| |dequeue [2]| |drain nil| |transfer nil|
    2@n3 |read! nil| |generate nil|  |send 5|   |remove 1|  |commit nil|
    kill   |==|
  `)
  const verdict = await check(odd, name).catch((error: unknown) => error)
  if (!(verdict instanceof UsageError)) expect(verdict).toHaveProperty('validity')
})
