/** When a thread has read everything, and when it gives up. */
import {expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import type {Context} from '../core/generator.ts'
import {createRandom} from '../core/random.ts'
import {finalRounds, isEmptyAnswer} from './final-rounds.ts'

/** Asks until a thread has come to an end; each answer takes `tookMs`. Says what was asked, and when it was over, s. */
function asked(outcomes: (n: number) => Outcome, tookMs: number) {
  let generator = finalRounds({
    threads: 1,
    first: () => ({f: 'assign'}),
    round: () => [{f: 'poll'}],
    isEmpty: isEmptyAnswer,
    patienceMs: 10_000,
  })
  const words: string[] = []
  let timeNs = 0
  const context = (): Context => ({timeNs, threads: [0], free: [0], processOf: () => 0, random: createRandom('rounds')})
  for (;;) {
    const step = generator.next(context())
    if (step === undefined) return {words, seconds: timeNs / 1e9}
    if (step.kind === 'pending') {
      timeNs = step.untilNs as number
      continue
    }
    const invocation = {f: step.op.f}
    words.push(invocation.f)
    timeNs += tookMs * 1e6
    const outcome = outcomes(words.length)
    generator = step.next.update({kind: 'completed', thread: 0, timeNs, invocation, outcome}, context())
  }
}

test('four rounds that bring nothing are the end', () => {
  expect(asked(() => ({type: 'ok', value: null}), 1).words).toEqual(['assign', ...Array(4).fill('poll')])
})

test('a thread that is never answered gives up after its patience, not after so many questions', () => {
  const {words, seconds} = asked(() => ({type: 'info', error: 'timeout'}), 5000)
  expect(words).toEqual(['assign', 'assign', 'assign'])
  expect(seconds).toBe(15)
  const refused = asked(() => ({type: 'fail', error: 'refused'}), 1)
  expect(refused.seconds).toBeGreaterThanOrEqual(10)
  expect(refused.seconds).toBeLessThan(11.1)
})

test('an answer gives new patience', () => {
  // Every second question is answered for a minute, each after 4 s.
  const {words} = asked((n) => (n % 2 === 0 && n < 15 ? {type: 'ok', value: [n]} : {type: 'fail', error: 'busy'}), 4000)
  expect(words).toHaveLength(18)
})
