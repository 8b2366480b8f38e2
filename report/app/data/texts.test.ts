import {describe, expect, test} from 'vitest'
import {packTexts} from '../../pack.ts'
import {inflate} from './decode.ts'
import {Texts} from './texts.ts'

const given = [
  'write 7',
  '',
  'r x [1 2] · append y 3',
  'naïve 😀 text',
  'Timeout',
  '\ufeffmark',
  'time',
  'out',
  '\ud83d',
  '\ude00',
]
const unpacked = async (texts: readonly string[]) => new Texts(await inflate(packTexts(texts)))

test('every text comes back', async () => {
  const texts = await unpacked(given)
  expect(texts.length).toBe(given.length)
  // Half a pair of surrogates cannot travel; it arrives as one replacement character, and moves nothing.
  const arrived = given.map((text) => (/^[\ud800-\udfff]$/.test(text) ? expect.any(String) : text))
  expect(given.map((_, at) => texts.at(at))).toEqual(arrived)
  expect([texts.at(-1), texts.at(given.length)]).toEqual([undefined, undefined])
  expect((await unpacked([])).length).toBe(0)
})

describe.each([
  ['as they are', given],
  ['with a letter that grows', [...given, 'İstanbul']],
])('search, %s', (_, texts) => {
  test.each(['time', 'x', '7', 'naïve', 'eout', 'append y', 'i'])(
    'finds "%s" where it is, never across two',
    async (word) => {
      const found = (await unpacked(texts)).containing(word)
      expect(texts.filter((_, at) => found[at] === 1)).toEqual(
        texts.filter((text) => text.toLowerCase().includes(word)),
      )
    },
  )
})
