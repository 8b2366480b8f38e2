import {expect, test} from 'vitest'
import {valueKey} from '../../core/value.ts'
import {parseJson, printJson} from './json.ts'

test.each([
  '{"a":[1,-2,3.5,"x",null,true,false,{}],"b":{"c":[]}}',
  '[9007199254740993,-9007199254740993,1.0,1e2,0.1,-0.0]',
  '"12345678901234567890 \\" \\\\ 1.0"',
  '{"__proto__":12345678901234567890}',
])('%s survives', (text) => {
  expect(printJson(parseJson(text))).toBe(text)
})

test('numbers that differ stay different', () => {
  const [one, float, big, bigger] = parseJson('[1,1.0,9007199254740992,9007199254740993]') as unknown[]
  expect(new Set([one, float, big, bigger].map(valueKey)).size).toBe(4)
})

test('what is not JSON is refused', () => {
  for (const text of ['', '{', '{"a":1}}', 'got a message', '{"a":1.}', '[1 2]']) {
    expect(() => parseJson(text), text).toThrow(SyntaxError)
  }
})
