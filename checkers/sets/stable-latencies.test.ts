import {expect, test} from 'vitest'
import {diagram} from '../testing/diagram.ts'
import {jepsenQuantile, stableLatencies} from './stable-latencies.ts'

const of = (text: string) => stableLatencies(diagram(text))

test('an element is stable from the last read that missed it', () => {
  const found = of(`
    0  |add 1|
    1           |read []|      |read [1]|
  `)
  // Missing from a read that began three columns after it was known, and in the one after that.
  expect(found).toEqual({attempts: 1, stable: 1, stale: 1, lost: 0, neverRead: 0, latenciesMs: [30]})
})

test('a read that began before the element was known says nothing of latency', () => {
  expect(
    of(`
    0     |add 1     |
    1   |read []|        |read [1]|
  `),
  ).toMatchObject({stable: 1, stale: 0, latenciesMs: [0]})
})

test('known by a read, before its add returned', () => {
  expect(
    of(`
    0  |add 1                                  |
    1     |read [1]|  |read []|  |read [1]|
  `),
  ).toMatchObject({stable: 1, stale: 1, latenciesMs: [30]})
})

test('lost, and never read', () => {
  expect(
    of(`
    0  |add 1|  |add 2 >
    1            |read [1]|  |read []|
  `),
  ).toMatchObject({attempts: 2, stable: 0, lost: 1, neverRead: 1})
})

test('an add that failed counts as an attempt, never read', () => {
  expect(
    of(`
    0  |add 1 #
    1            |read []|
  `),
  ).toMatchObject({attempts: 1, lost: 0, neverRead: 1})
})

test('quantiles are elements', () => {
  const ms = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => jepsenQuantile(ms, share))).toEqual([0, 5, 9, 9, 9])
  expect(jepsenQuantile([], 0.5)).toBeNaN()
})
