import {describe, expect, test} from 'vitest'
import type {Broken} from '../../../core/checker.ts'
import {history} from '../../../core/history.ts'
import type {Op} from '../../../core/op.ts'
import type {Verdict} from '../../../core/verdict.ts'
import {createCheckPool} from '../../../runner/judging/check-pool.ts'
import {linearizable} from '../index.ts'

/** One client's reads and writes of a key, one after another: a number writes it, a number in a list reads it. */
function onKey(key: string, ...does: readonly (number | readonly [number])[]): Op[] {
  const process = key.charCodeAt(0)
  return does.flatMap((what, i): Op[] => {
    const value = typeof what === 'number' ? what : what[0]
    const common = {index: 0, timeNs: i, process, key, f: typeof what === 'number' ? 'write' : 'read'}
    const asked = typeof what === 'number' ? value : null
    return [
      {...common, type: 'invoke', value: asked},
      {...common, type: 'ok', value},
    ]
  })
}
const numbered = (...ops: readonly Op[][]) => ops.flat().map((op, index) => ({...op, index}))

const RIGHT = [1, [1], 2, [2]] as const
/** A read of what was overwritten. */
const WRONG = [1, 2, [1]] as const
const ops = numbered(
  onKey('a', ...RIGHT),
  onKey('b', ...WRONG, ...RIGHT, ...RIGHT),
  onKey('c', ...RIGHT),
  onKey('d', ...WRONG, ...RIGHT),
  onKey('e', ...RIGHT),
)
const judge = (model: string, options = {}) => linearizable({model}).check(history(ops), options) as Verdict

describe.each(['register', 'cas-register'])('%s', (model) => {
  test('stops at the smallest broken key', () => {
    const verdict = judge(model, {failFast: true})
    expect(verdict.validity).toBe('invalid')
    expect(verdict.anomalies.map(({key}) => key)).toEqual(['d'])
    // The guess explains the right ones; of the others the larger was not judged.
    expect(verdict.measures).toMatchObject({keys: 5, judged: 4})
    expect(verdict.summary).toContain('stopped at the first broken key, 4 of 5 judged')
  })

  test('judges the rest when it was only asked to tell', () => {
    const told: Broken[] = []
    const verdict = judge(model, {onBroken: (broken: Broken) => told.push(broken)})
    expect(told).toEqual([{key: 'd', keys: 5, ops: ops.length}])
    expect(verdict).toEqual(judge(model))
  })
})

test('a right record is judged whole', () => {
  const right = history(numbered(onKey('a', ...RIGHT), onKey('b', ...RIGHT)))
  const checker = linearizable({model: 'register'})
  expect(checker.check(right, {failFast: true})).toEqual(checker.check(right))
})

test('models without a guess: the smallest first', () => {
  const put = (op: Op): Op => ({
    ...op,
    f: op.f === 'write' ? 'put' : 'get',
    value: op.value === null ? null : `${op.value}`,
  })
  const verdict = linearizable({model: 'kv'}).check(history(ops.map(put)), {failFast: true}) as Verdict
  expect(verdict.anomalies.map(({key}) => key)).toEqual(['d'])
  expect(verdict.measures).toMatchObject({keys: 5, judged: 4})
})

test('on all cores it names the same key', {timeout: 60_000}, async () => {
  // Enough for other threads to be asked.
  const many = numbered(
    ...Array.from({length: 400}, (_, k) =>
      onKey(
        String.fromCharCode(0x1000 + k),
        ...(k % 97 === 50 ? WRONG : RIGHT),
        ...Array(40 + (k % 7))
          .fill(RIGHT)
          .flat(),
      ),
    ),
  )
  const pool = createCheckPool(3)
  try {
    const checker = linearizable({model: 'register', stories: 1})
    const alone = await checker.check(history(many), {failFast: true})
    const together = await checker.check(history(many), {failFast: true, parallel: pool})
    expect(many.length).toBeGreaterThan(100_000)
    expect(alone.validity).toBe('invalid')
    expect(together.anomalies).toEqual(alone.anomalies)
  } finally {
    await pool.close()
  }
})
