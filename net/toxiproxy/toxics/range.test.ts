import {expect, it} from 'vitest'
import {TOXICS} from './index.ts'
import {outOfRange, type Ranges} from './range.ts'

// Made up: the rules are tested with values that mean nothing to any server.
const ranges: Ranges = {
  attributes: ['width', 'slack', 'depth'],
  least: {width: 10, slack: 0},
  atMost: {slack: 'width'},
}

it.each([
  [{width: 10}, undefined],
  [{width: 12, slack: 12, depth: -3}, undefined],
  [{width: 9}, 'width must be at least 10, got 9'],
  [{}, 'width must be at least 10, got 0'],
  [{width: 10, slack: -2}, 'slack must not be negative, got -2'],
  [{width: 12, slack: 13}, 'slack must not exceed width (12), got 13'],
  [{width: 10.5}, 'width must be a whole number, got 10.5'],
  [{width: Number.NaN}, 'width must be a whole number, got NaN'],
  [{width: 10, depth: 2 ** 53}, 'depth must be a whole number, got 9007199254740992'],
])('%j: %s', (attributes, complaint) => {
  expect(outOfRange(ranges, attributes)).toBe(complaint)
})

it.each(Object.entries<Ranges>(TOXICS))(
  'the ranges of %s name its own attributes',
  (_, {attributes, least, atMost}) => {
    for (const name of [...Object.keys(least ?? {}), ...Object.entries(atMost ?? {}).flat()])
      expect(attributes).toContain(name)
  },
)

it('sizes are above zero, rates are not negative, and a size varies by no more than itself', () => {
  expect(TOXICS.slicer.least.average_size).toBeGreaterThan(0)
  expect(TOXICS.slicer.least.size_variation).toBe(0)
  expect(TOXICS.slicer.atMost).toEqual({size_variation: 'average_size'})
  expect(TOXICS.bandwidth.least.rate).toBe(0)
})
