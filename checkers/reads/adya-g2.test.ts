import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op, OpType} from '../../core/op.ts'
import {createRandom} from '../../core/random.ts'
import {adyaG2} from './adya-g2.ts'

function judged(...lines: readonly [number, OpType, unknown][]) {
  const ops = lines.map(
    ([process, type, value], index): Op => ({index, timeNs: index, process, type, f: 'insert', value}),
  )
  return adyaG2().check(history(ops))
}

test('two inserts for one key are a cycle over predicates, one after the other as well', async () => {
  const verdict = await judged(
    [0, 'invoke', [3, [1, null]]],
    [0, 'ok', [3, [1, null]]],
    [1, 'invoke', [3, [null, 2]]],
    [1, 'ok', [3, [null, 2]]],
  )
  expect(verdict.validity).toBe('invalid')
  expect(verdict.anomalies).toMatchObject([{type: 'G2', key: 3, witness: [0, 1, 2, 3]}])
  expect(verdict.anomalies[0]?.sentence).toBe(
    'Inserts for key 3 succeeded of process 0 (#0, [3 [1 nil]]) and process 1 (#2, [3 [nil 2]]), though each was to find nothing there. Rules out serializable.',
  )
})

test('nothing tried, nothing inserted, nobody second: nothing tested', async () => {
  expect((await judged()).reason).toBe('No insert succeeded.')
  expect((await judged([0, 'invoke', [3, [1, null]]])).reason).toBe('No insert succeeded.')
  const alone = await judged([0, 'invoke', [3, [1, null]]], [0, 'ok', [3, [1, null]]])
  expect(alone.reason).toContain('nothing was tested')
})

test('an insert names its key', () => {
  expect(() => judged([0, 'invoke', [1, null]])).toThrow('insert of op #0 names no key: [1 nil]')
})

test('agrees with the counts of inserts, keys of any kind', async () => {
  const random = createRandom('adya')
  const names = [3, '3', 2n ** 60n, 'a', null, [1], {a: 1}]
  const tally = {valid: 0, invalid: 0, unknown: 0}
  for (let round = 0; round < 2000; round++) {
    const lines: [number, OpType, unknown][] = []
    const base = random.int(names.length - 1)
    const tried = new Map<number, number>()
    const succeeded = new Map<number, number>()
    for (let process = 0; process < 1 + random.int(5); process++) {
      const name = base + random.int(2)
      const value = [names[name], random.chance(0.5) ? [process, null] : [null, process]]
      const type = random.pick<OpType>(['ok', 'fail', 'info', 'fail'])
      lines.push([process, 'invoke', value], [process, type, value])
      tried.set(name, (tried.get(name) ?? 0) + 1)
      if (type === 'ok') succeeded.set(name, (succeeded.get(name) ?? 0) + 1)
    }
    const twice = [...succeeded.values()].filter((count) => count > 1).length
    const contested = [...succeeded.keys()].some((name) => (tried.get(name) as number) > 1)
    const {validity, anomalies} = await judged(...lines)
    expect(validity).toBe(twice > 0 ? 'invalid' : contested ? 'valid' : 'unknown')
    expect(anomalies).toHaveLength(twice)
    tally[validity]++
  }
  expect(Math.min(tally.valid, tally.invalid, tally.unknown)).toBeGreaterThan(100)
})
