import {expect, it} from 'vitest'
import {UsageError} from '../../core/error.ts'
import {diagram} from '../testing/diagram.ts'
import {parseThreshold, threshold} from './thresholds.ts'

// Reads take 70 ms, the write that succeeds 80 ms.
const RECORD = diagram('0 |read 1| |write 1| |read 1| |write 1 #\nkill      |==|')

it.each([
  ['ok_rate>0.95', {metric: 'ok_rate', comparison: '>', limit: 0.95}],
  ['ok_rate >= 95%', {metric: 'ok_rate', comparison: '>=', limit: 0.95}],
  ['p99(read)<200ms', {metric: 'p99', f: 'read', comparison: '<', limit: 200}],
  ['p99.9 <= 1.5s', {metric: 'p99.9', comparison: '<=', limit: 1500}],
  ['recovery<10s', {metric: 'recovery', limit: 10_000}],
  ['max(set:add)<250us', {metric: 'max', f: 'set:add', limit: 0.25}],
  ['rate>100/s', {metric: 'rate', limit: 100}],
])('parses %s', (text, expected) => {
  expect(parseThreshold(text)).toMatchObject(expected)
})

it.each([
  ['fast', 'Not a threshold: "fast".'],
  ['p99<200', 'needs a unit of time'],
  ['p99<200kb', 'needs a unit of time'],
  ['ok_rate>95', 'A share is at most 1'],
  ['ok_rate>0.9ms', 'cannot have the unit "ms"'],
  ['okrate>0.9', 'Unknown metric "okrate" in threshold "okrate>0.9". Did you mean "ok_rate"?'],
  ['p101<1s', 'Unknown metric "p101"'],
  ['constructor>1', 'Unknown metric "constructor"'],
])('refuses %s and lists what is accepted', (text, message) => {
  try {
    parseThreshold(text)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).message).toContain(message)
    expect((error as UsageError).hints.join('\n')).toContain('p99(read)<200ms')
  }
})

it.each([
  ['ok_rate>0.7', 'valid'],
  ['ok_rate>0.75', 'invalid'],
  ['ok_rate(write)>=0.5', 'valid'],
  ['p50(read)<=70ms', 'valid'],
  ['p50(read)<70ms', 'invalid'],
  ['max<75ms', 'invalid'],
  ['mean(read)<71ms', 'valid'],
  ['ops>=4', 'valid'],
  ['rate>1/s', 'valid'],
  ['recovery<10s', 'valid'],
  ['recovery<1ms', 'invalid'],
  ['outage<1s', 'valid'],
  ['p99(cas)<1s', 'unknown'],
])('judges %s: %s', async (text, validity) => {
  const verdict = await threshold(text).check(RECORD)
  expect(verdict).toMatchObject({validity, kind: 'liveness', property: text.replaceAll(' ', '')})
})

it('says what was found, and what could not be', async () => {
  const slow = await threshold('p50(read) < 10ms').check(RECORD)
  expect(slow.anomalies[0]?.sentence).toBe(
    'The latency that 50 % of operations stay within (read only) is 70ms, but p50(read)<10ms was demanded.',
  )
  expect((await threshold('p99(cas)<1s').check(RECORD)).reason).toBe('p99(cas)<1s: there was no cas.')
  expect((await threshold('recovery<1s').check(diagram('0 |read 1|'))).reason).toContain('there was no fault')
})
