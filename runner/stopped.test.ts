import {expect, test} from 'vitest'
import {EXIT} from '../core/error.ts'
import type {Verdict} from '../core/verdict.ts'
import {judgeStopped, type Stopped, stoppedWords} from './stopped.ts'

const STOPPED: Stopped = {
  afterMs: 7312,
  ofMs: 30_000,
  proofAgeMs: 40,
  index: 9,
  key: 'x3',
  sentence: 'Process 4: read x3 = 3',
}

function verdict(kind: Verdict['kind'], validity: Verdict['validity']): Verdict {
  const sentence = `${kind} broken`
  const anomalies = validity === 'invalid' ? [{type: 'bad', sentence, witness: [9]}] : []
  const reason = validity === 'unknown' ? {reason: `${kind} unknown`} : {}
  return {checker: kind, property: kind, kind, validity, summary: 'looked', anomalies, ...reason}
}

test('the violation decides; what was cut short is unknown', () => {
  const judged = judgeStopped(
    [verdict('liveness', 'invalid'), verdict('exercise', 'unknown'), verdict('safety', 'invalid')],
    STOPPED,
  )
  expect(judged).toMatchObject({validity: 'invalid', exitCode: EXIT.violation, sentence: 'safety broken'})
  expect(judged.verdicts.map(({validity, reason}) => [validity, reason])).toEqual([
    ['unknown', 'The run was stopped early: liveness broken'],
    ['unknown', 'The run was stopped early: exercise unknown'],
    ['invalid', undefined],
  ])
})

test('a proof that the whole record denies is a bug of ours, and no pass', () => {
  const judged = judgeStopped([verdict('safety', 'valid'), verdict('liveness', 'valid')], STOPPED)
  expect(judged).toMatchObject({validity: 'unknown', exitCode: EXIT.bug})
  expect(judged.sentence).toContain('Process 4: read x3 = 3')
  expect(judged.sentence).toContain('this is a bug in chaos')
})

test('a proof that could not be confirmed in time leaves the run unknown, and is told', () => {
  const judged = judgeStopped([verdict('safety', 'unknown'), verdict('liveness', 'invalid')], STOPPED)
  expect(judged).toMatchObject({validity: 'unknown', exitCode: EXIT.inconclusive})
  expect(judged.sentence).toContain('Process 4: read x3 = 3')
})

test('is told in a few words', () => {
  expect(stoppedWords(STOPPED)).toBe('stopped after 7.3 s of 30 s: proof found')
})
