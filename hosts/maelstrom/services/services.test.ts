/** The services of Maelstrom, by what each of them promises. */
import {describe, expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {parseJson, printJson} from '../json.ts'
import type {Body} from '../packet.ts'
import {services} from './index.ts'

/** A service of this name, asked in JSON. */
function service(name: string, seed = 's') {
  const asked = services(createRandom(seed))[name]!
  return (request: string, client = 'n1') => {
    const {type, code, text, ...rest} = asked.handle(client, parseJson(request) as Body)
    if (type === 'error') return `${code} ${text}`
    return Object.keys(rest).length === 0 ? type : printJson(Object.values(rest)[0])
  }
}

const read = '{"type":"read","key":"k"}'
const write = (value: number) => `{"type":"write","key":"k","value":${value}}`
const cas = (from: number, to: number, more = '') => `{"type":"cas","key":"k","from":${from},"to":${to}${more}}`

test('lin-kv: reads, writes, compare-and-set, and their errors', () => {
  const ask = service('lin-kv')
  expect(ask(read)).toBe('20 key does not exist')
  expect(ask(cas(1, 2))).toBe('20 key does not exist')
  expect(ask(cas(1, 2, ',"create_if_not_exists":true'))).toBe('cas_ok')
  expect(ask(read)).toBe('2')
  expect(ask(cas(1, 3))).toBe('22 current value 2 is not 1')
  expect(ask(cas(2, 3))).toBe('cas_ok')
  expect(ask(write(9))).toBe('write_ok')
  expect(ask(read)).toBe('9')
  expect(ask('{"type":"delete","key":"k"}')).toMatch(/^10 /)
})

test('lin-kv: keys and values are any JSON, compared by structure, and numbers keep their spelling', () => {
  const ask = service('lin-kv')
  ask('{"type":"write","key":{"a":1,"b":[2]},"value":9007199254740993}')
  expect(ask('{"type":"read","key":{"b":[2],"a":1}}')).toBe('9007199254740993')
  ask('{"type":"write","key":1,"value":"int"}')
  expect(ask('{"type":"read","key":1.0}')).toBe('20 key does not exist')
  expect(ask('{"type":"read","key":"1"}')).toBe('20 key does not exist')
  ask('{"type":"write","key":"k","value":1.0}')
  expect(ask(cas(1, 2))).toBe('22 current value 1.0 is not 1')
})

describe('seq-kv', () => {
  test('never shows a client an older state than it has seen, but may show an old one', () => {
    let stale = 0
    for (let seed = 0; seed < 50; seed++) {
      const ask = service('seq-kv', String(seed))
      for (let value = 0; value < 10; value++) ask(write(value), 'writer')
      let seen = -1
      for (let i = 0; i < 20; i++) {
        const answer = ask(read, 'reader')
        const value = answer.startsWith('20') ? -1 : Number(answer)
        expect(value).toBeGreaterThanOrEqual(seen)
        seen = value
        if (i === 0 && value < 9) stale++
      }
    }
    expect(stale).toBeGreaterThan(20)
  })

  test('a client reads what it wrote, and a change is made to the newest state', () => {
    for (let seed = 0; seed < 50; seed++) {
      const ask = service('seq-kv', String(seed))
      ask(write(1), 'a')
      ask(write(2), 'b')
      expect(ask(read, 'b')).toBe('2')
      // Wherever it was tried first: it is done to the newest state, or it failed on one that a could see.
      const answer = ask(cas(1, 3), 'a')
      expect(answer).toMatch(/^22 current value 2 is not 1$/)
    }
  })

  test('an identity write may stay in the past; a new value makes it the present', () => {
    let past = 0
    for (let seed = 0; seed < 50; seed++) {
      const ask = service('seq-kv', String(seed))
      ask(write(1), 'a')
      ask(write(2), 'b')
      ask(write(1), 'a')
      if (ask(read, 'c') !== '1' || ask(read, 'b') !== '1') past++
      ask(write(99), 'b')
      expect(ask(read, 'b')).toBe('99')
    }
    expect(past).toBeGreaterThan(0)
  })
})

test('lww-kv: a write may be missed by its own writer, and the replicas agree in the end', () => {
  let missed = 0
  for (let seed = 0; seed < 50; seed++) {
    const ask = service('lww-kv', String(seed))
    ask(write(1))
    if (ask(read) !== '1') missed++
    for (let i = 0; i < 40; i++) ask(read)
    expect(ask(read)).toBe('1')
    expect(ask(cas(7, 8, ',"create_if_not_exists":true').replace('"k"', '"other"'))).toBe('20 key does not exist')
  }
  expect(missed).toBeGreaterThan(5)
})

test('lin-tso: 0, 1, 2', () => {
  const ask = service('lin-tso')
  expect([ask('{"type":"ts"}'), ask('{"type":"ts"}'), ask('{"type":"ts"}')]).toEqual(['0', '1', '2'])
})
