import {expect, it} from 'vitest'
import {mergedAttributes} from './attributes.ts'
import type {Fields} from './decode.ts'
import {firstJson} from './json.ts'

const fence = {attributes: ['height', 'gap'], least: {height: 10}, atMost: {gap: 'height'}}
const merge = (present: Record<string, number>, given: string) =>
  mergedAttributes('fence', fence, present, firstJson(given) as Fields)

it('shows every attribute, given ones over present ones', () => {
  expect(merge({height: 12, gap: 4}, '{"gap":7}')).toEqual({height: 12, gap: 7})
  expect(merge({}, '{"HEIGHT":10,"more":1}')).toEqual({height: 10, gap: 0})
})

it.each([
  ['{"height":9}', 'height must be at least 10, got 9'],
  ['{"gap":13}', 'gap must not exceed height (12), got 13'],
  ['{"height":10.5}', 'json: cannot unmarshal number 10.5 into Go struct field FenceToxic.attributes.height'],
  ['{"height":"x"}', 'json: cannot unmarshal string into Go struct field FenceToxic.attributes.height'],
  ['{"gap":9007199254740993}', 'json: cannot unmarshal number 9007199254740993 into Go struct field'],
])('answers 400 to %s', (given, message) => {
  expect(() => merge({height: 12}, given)).toThrow(`bad request body: ${message}`)
  expect(() => merge({height: 12}, given)).toThrow(expect.objectContaining({status: 400}))
})
