/** What a search says of the seeds that decided nothing. */
import {expect, test} from 'vitest'
import {wallClock} from '../../../core/clock.ts'
import type {Attempt} from '../../../runner/lab/attempt.ts'
import {Totals} from './totals.ts'

const same = (text: string) => text
const context = {
  clock: wallClock(),
  live: false,
  style: {bad: same, good: same, warn: same},
  out: () => {},
  err: () => {},
} as never

function attempt(validity: Attempt['validity'], sentence = ''): Attempt {
  const counts = {operations: 10, faults: 1, simulatedMs: 1000, events: 5}
  return {seed: 's', validity, sentence, anomalies: [], unsafe: false, crashes: [], ...counts}
}

test('why seeds were inconclusive is said by the commonest reason, figures apart; a search that goes on knows it still', () => {
  const first = new Totals(context, 9)
  first.add(attempt('valid'))
  first.add(attempt('unknown', 'No commit ever succeeded.'))
  first.add(attempt('unknown', 'None of 3 writes succeeded.'))
  const {inconclusiveBecause} = first.figures()
  expect(inconclusiveBecause?.map(({seeds}) => seeds)).toEqual([1, 1])
  const second = new Totals(context, 9, first.figures())
  second.add(attempt('unknown', 'None of 12 writes succeeded.'))
  expect(second.summary(0)).toContain('Inconclusive, 2 of 3: None of 3 writes succeeded.')
  expect(new Totals(context, 1).summary(0)).not.toContain('Inconclusive')
})
