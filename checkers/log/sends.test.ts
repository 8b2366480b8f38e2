import {expect, it} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {log} from './index.ts'

it('an offset of -1 is none: Kafka answers so where no acknowledgement is asked for', () => {
  const sent = '0 |send k=7 → -1| |send k=8 → -1|'
  const both = log().check(diagram(`${sent}\n1                                |poll k=[[0 7] [1 8]]|`)) as Verdict
  expect(both.validity).toBe('valid')
  const none = log().check(diagram(`${sent}\n1                                |poll k=[]|`)) as Verdict
  expect([none.validity, none.anomalies]).toEqual(['unknown', []])
})

it('a value may be a list itself, with or without an offset', () => {
  const sent = (type: 'ok' | 'info', answer: unknown) =>
    log().check(
      history(
        [
          ['invoke', 0, 'send', [['send', 'k', [5, 6]]]],
          [type, 0, 'send', [['send', 'k', answer]]],
          ['invoke', 1, 'poll', [['poll']]],
          ['ok', 1, 'poll', [['poll', {k: [[0, [5, 6]]]}]]],
        ].map(([type, process, f, value], index) => ({index, timeNs: index, type, process, f, value}) as Op),
      ),
    ) as Verdict
  expect(sent('ok', [0, [5, 6]]).validity).toBe('valid')
  expect(sent('ok', [5, 6]).validity).toBe('valid')
  expect(sent('info', [5, 6]).anomalies).toEqual([])
  expect(sent('ok', [1, [5, 6]]).anomalies.map(({type}) => type)).toEqual(['duplicate-record'])
})

it.each([
  ['a send', '0 |send k=7 → yes|', 'Process 0 was answered yes to a send of k, which is not an offset.'],
  ['a poll', '0 |poll k=7|', 'Process 0 was answered 7 to a poll of k, which is not records [[offset, value], …].'],
  [
    'a poll in Jepsen’s notation',
    '0 |poll [[poll]] → [[poll [1 2 3]]]|',
    'Process 0 was answered [[poll [1 2 3]]] to a poll, which is not records [[offset, value], …].',
  ],
  [
    'a send in Jepsen’s notation',
    '0 |txn [[send k 7]] → [[send k [x 7]]]|',
    'Process 0 was answered [[send k [x 7]]] to a txn, which is not sends with their offsets.',
  ],
])('names an answer to %s that no log gives', (_, text, sentence) => {
  expect((log().check(diagram(text)) as Verdict).anomalies).toMatchObject([{type: 'reply-mismatch', sentence}])
})

it('a send whose offset nobody was told is none of those', () => {
  for (const text of ['0 |send [[send k 7]] → [[send k [nil 7]]]|', '0 |send [k 7] → [k [nil 7]]|'])
    expect((log().check(diagram(text)) as Verdict).anomalies).toEqual([])
})
