import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {goJson} from './go-json.ts'
import {firstJson, type Json, NumberText} from './json.ts'

const plain = (json: Json): unknown => {
  if (json instanceof NumberText) return Number(json.text)
  if (Array.isArray(json)) return json.map(plain)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, plain(value)]))
}

describe('JSON in', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n{', 'x'), (text, rest) => {
        // A number ends where the text does; anything else may be followed by anything.
        const tail = /[\d.]$/.test(text) ? '' : rest
        expect(plain(firstJson(text + tail))).toEqual(plain(firstJson(JSON.stringify(JSON.parse(text)))))
        expect(JSON.stringify(plain(firstJson(text)))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it.each([
    ['', 'EOF'],
    ['  \n', 'EOF'],
    ['{', 'unexpected EOF'],
    ['"abc', 'unexpected EOF'],
    ['tru', 'unexpected EOF'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{x', "invalid character 'x' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[tru1]', "invalid character '1' in literal true (expecting 'e')"],
  ])('refuses %j: %s', (text, message) => {
    expect(() => firstJson(text)).toThrow(`bad request body: ${message}`)
  })
})

describe('JSON out', () => {
  it('prints as Go does', () => {
    const value = {name: '<a&b>', list: [0.1, Math.fround(0.123456789), 1e-7, Math.fround(1e30), 5, true, null]}
    expect(goJson(value)).toBe(
      '{"name":"\\u003ca\\u0026b\\u003e","list":[0.1,0.12345679,1e-7,1e+30,5,true,null]}'.replace('0.1,', '0.1,'),
    )
  })
})
