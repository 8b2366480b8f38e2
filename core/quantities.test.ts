import {expect, test} from 'vitest'
import {
  parseConcurrency,
  parseCount,
  parseDuration,
  parseMemory,
  parsePair,
  parseRate,
  parseSize,
  parseSpan,
  parseSwitch,
  showCount,
  showDuration,
} from './quantities.ts'

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['250ms', 250],
  ['1.5s', 1500],
  ['2', 2000],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDuration('--time', text)).toBe(ms)
})

test.each(['', 'fast', '-3s', '3 years'])('"%s" is no duration, and is quoted', (text) => {
  expect(() => parseDuration('--time', text)).toThrow(`--time: expected <number>(ms|s|m|h), e.g. 30s. Got "${text}".`)
})

test.each(['0s', '0', '0.2ms'])('%s is no time to do anything in', (text) => {
  expect(() => parseSpan('--time', text)).toThrow(`--time: expected at least 1ms, e.g. 30s. Got "${text}".`)
})

test('rates are operations per second, or as many as can be', () => {
  expect(parseRate('--rate', '200/s')).toBe(200)
  expect(parseRate('--rate', '0.5')).toBe(0.5)
  expect(parseRate('--rate', 'max')).toBe(Number.POSITIVE_INFINITY)
  expect(() => parseRate('--rate', 'fast')).toThrow('Got "fast"')
  expect(() => parseRate('--rate', '0')).toThrow('Got "0"')
})

test('a switch is on or off in any of the usual words', () => {
  expect(['true', '1', 'yes', 'On'].map((text) => parseSwitch('--fail-fast', text))).toEqual([true, true, true, true])
  expect(['false', '0', 'no', 'off'].some((text) => parseSwitch('--fail-fast', text))).toBe(false)
  expect(() => parseSwitch('--fail-fast', '')).toThrow('--fail-fast: expected true or false. Got "".')
})

test('2n is two for each node', () => {
  expect(parseConcurrency('--concurrency', '2n', 5)).toBe(10)
  expect(parseConcurrency('--concurrency', '7', 5)).toBe(7)
  expect(() => parseConcurrency('--concurrency', '0', 5)).toThrow('Got "0"')
})

test('sizes, counts and pairs', () => {
  expect(parseSize('--check-memory', '2GB')).toBe(2e9)
  expect(parseSize('--check-memory', '512MiB')).toBe(512 * 1024 * 1024)
  expect(() => parseSize('--check-memory', 'lots')).toThrow('Got "lots"')
  expect(parseMemory('--check-memory', '1MB')).toBe(1e6)
  expect(() => parseMemory('--check-memory', '8')).toThrow('at least 1 MB, e.g. 2GB. Got "8"')
  expect(parseCount('--nodes', '5')).toBe(5)
  expect(() => parseCount('--nodes', '2.5')).toThrow('--nodes: expected a whole number, at least 1. Got "2.5".')
  expect(() => parseCount('--nodes', '6', 1, 5)).toThrow('--nodes: expected a whole number from 1 to 5. Got "6".')
  expect(() => parseCount('--nodes', 'x', 1, 5)).toThrow('--nodes: expected a whole number from 1 to 5. Got "x".')
  expect(parseCount('--seeds', '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  const beyond = '--seeds: expected a whole number from 1 to 9007199254740991. Got "99999999999999999999".'
  expect(() => parseCount('--seeds', '99999999999999999999')).toThrow(beyond)
  expect(parsePair('--target-arg', 'a=b=c')).toEqual(['a', 'b=c'])
  expect(() => parsePair('--target-arg', 'a')).toThrow('Got "a"')
})

test('what is shown is easy to read', () => {
  expect(showCount(1234567)).toBe('1\u202f234\u202f567')
  expect([0.000099, 0.05, 0.1, 0].map(showDuration)).toEqual(['99ns', '50µs', '0.1ms', '0ms'])
  expect(showDuration(830)).toBe('830ms')
  expect(showDuration(30_000)).toBe('30.0s')
  expect(showDuration(250_000)).toBe('4m 10s')
})
