import {describe, expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op, OpType} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {pubsub} from './pubsub.ts'

/** One operation that ends before the next one begins, ok unless it is said how. */
type Line = readonly [
  process: number,
  f: string,
  key: string | undefined,
  value?: unknown,
  how?: 'fail' | 'info' | 'final',
]

function record(...lines: readonly Line[]) {
  const ops: Op[] = []
  for (const [process, f, key, value, how] of lines) {
    const type: OpType = how === 'fail' || how === 'info' ? how : 'ok'
    const common = {process, f, ...(key === undefined ? {} : {key}), ...(how === 'final' ? {final: true} : {})}
    const asked = f === 'receive' ? null : (value ?? null)
    ops.push({index: ops.length, timeNs: ops.length, type: 'invoke', value: asked, ...common})
    ops.push({index: ops.length, timeNs: ops.length, type, value: value ?? null, ...common})
  }
  return history(ops)
}

const judge = (...lines: readonly Line[]): Verdict => pubsub().check(record(...lines)) as Verdict
const types = (...lines: readonly Line[]) => judge(...lines).anomalies.map(({type}) => type)

describe('pubsub', () => {
  test('everything given once and in order is valid', () => {
    const verdict = judge(
      [1, 'subscribe', 'x'],
      [0, 'publish', 'x', 1],
      [0, 'publish', 'x', 2],
      [1, 'receive', undefined, {x: [1]}],
      [1, 'receive', undefined, {x: [2]}, 'final'],
    )
    expect(verdict).toMatchObject({validity: 'valid', anomalies: []})
  })

  test('a message that was acknowledged and never given is lost, but not one from before the subscription', () => {
    expect(
      types(
        [0, 'publish', 'x', 0],
        [1, 'subscribe', 'x'],
        [0, 'publish', 'x', 1],
        [0, 'publish', 'x', 2],
        [1, 'receive', undefined, {x: [2]}, 'final'],
      ),
    ).toEqual(['lost-message'])
  })

  test('nothing is lost that may be on its way, or whose publish is unknown', () => {
    expect(
      types(
        [1, 'subscribe', 'x'],
        [0, 'publish', 'x', 1, 'info'],
        [1, 'receive', undefined, {}, 'final'],
        [2, 'publish', 'x', 2],
      ),
    ).toEqual([])
  })

  test('given twice, out of order, made up, failed, unasked', () => {
    const base: Line[] = [
      [1, 'subscribe', 'x'],
      [0, 'publish', 'x', 1],
      [0, 'publish', 'x', 2],
      [0, 'publish', 'x', 3, 'fail'],
      [0, 'publish', 'y', 4],
    ]
    const given = (...values: unknown[]) => types(...base, [1, 'receive', undefined, {x: values}, 'final'])
    expect(given(1, 2, 1)).toEqual(['duplicate-message'])
    expect(given(2, 1)).toEqual(['reordered-message'])
    expect(given(1, 2, 9)).toEqual(['unexpected-message'])
    expect(given(1, 2, 3)).toEqual(['unexpected-message'])
    expect(types(...base, [1, 'receive', undefined, {x: [1, 2], y: [4]}, 'final'])).toEqual(['unexpected-message'])
    expect(types(...base, [1, 'receive', undefined, [1, 2], 'final'])).toContain('reply-mismatch')
  })

  test('what is not promised is counted only', () => {
    const verdict = pubsub({allowed: ['lost-message']}).check(
      record([1, 'subscribe', 'x'], [0, 'publish', 'x', 1], [0, 'publish', 'x', 2], [1, 'receive', 'x', [2], 'final']),
    ) as Verdict
    expect(verdict).toMatchObject({validity: 'valid', measures: {tolerated: 1}})
  })

  test('without subscribers or deliveries nothing is known', () => {
    expect(judge([0, 'publish', 'x', 1]).validity).toBe('unknown')
    expect(judge([1, 'subscribe', 'x'], [1, 'receive', 'x', [], 'final']).validity).toBe('unknown')
  })
})
