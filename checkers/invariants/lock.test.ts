import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type LockOptions, lock} from './lock.ts'

it.each<[string, string, LockOptions, string[]]>([
  ['one after the other', '0 |acquire nil| |release nil|\n1                               |acquire nil|', {}, []],
  [
    'two at once',
    '0 |acquire nil|                  |release nil|\n1                |acquire nil|',
    {},
    ['overlapping-holders'],
  ],
  ['never given back', '0 |acquire nil|\n1                 |acquire nil|', {}, ['overlapping-holders']],
  ['given back while asked for', '0 |acquire nil| |release nil|\n1                 |acquire nil|', {}, []],
  [
    'a release that failed',
    '0 |acquire nil| |release nil #\n1                               |acquire nil|',
    {},
    ['overlapping-holders'],
  ],
  ['a lease that ran out', '0 |acquire nil|\n1                                  |acquire nil|', {leaseMs: 200}, []],
  [
    'a lease that did not',
    '0 |acquire nil|\n1                 |acquire nil|',
    {leaseMs: 2000},
    ['overlapping-holders'],
  ],
  ['two holders, fenced', '0 |acquire 1|\n1              |acquire 2| |use 2|', {}, []],
  ['a token twice', '0 |acquire 1|\n1              |acquire 1|', {fenced: true}, ['token-reused']],
  ['tokens that go back', '0 |acquire 2|\n1              |acquire 1|', {fenced: true}, ['token-went-back']],
  ['concurrent tokens in any order', '0 |acquire 2|\n1 |acquire 1|', {fenced: true}, []],
  [
    'an old token accepted',
    '0 |acquire 1|                         |use 1|\n1              |acquire 2| |use 2|',
    {},
    ['stale-token-accepted'],
  ],
  [
    'an old token refused',
    '0 |acquire 1|                         |use 1 #\n1              |acquire 2| |use 2|',
    {},
    [],
  ],
  [
    'tokens in objects',
    '0 |acquire {token: 2}|\n1                        |acquire {token: 1}|',
    {fenced: true},
    ['token-went-back'],
  ],
])('%s', async (_, text, options, types) => {
  expect((await lock(options).check(diagram(text))).anomalies.map(({type}) => type)).toEqual(types)
})

it('tells who held it, and is unknown where nobody did', async () => {
  const verdict = await lock().check(diagram('0 |acquire a=nil|\n1                     |acquire a=nil|'))
  expect(verdict.anomalies[0]?.sentence).toBe('Process 1 was given the lock a while process 0 held it.')
  expect(verdict.anomalies[0]?.why).toEqual(['Process 0 held it since #0 was answered, and never gave it back.'])
  const ends = async (text: string, options = {}) => (await lock(options).check(diagram(text))).anomalies[0]?.why?.[0]
  expect(await ends('0 |acquire nil|                |release nil|\n1               |acquire nil|')).toMatch(
    /until it began to give it back in #4\.$/,
  )
  expect(await ends('0 |acquire nil|                |acquire nil|\n1               |acquire nil|')).toMatch(
    /it was given it again in #4\.$/,
  )
  const used = await lock().check(
    diagram('0 |acquire 1|                            |use 1|\n1              |acquire 2| |use 2|'),
  )
  expect(used.anomalies[0]?.why).toEqual([
    'Token 2 was given to process 1 by #2.',
    'Token 1 was given to process 0 by #0.',
  ])
  expect(await lock().check(diagram('0 |acquire nil #'))).toMatchObject({validity: 'unknown'})
})

it('compares in the order of the record where times are coarse', async () => {
  const record = diagram('0 |acquire nil|                  |release nil|\n1                |acquire nil|')
  const coarse = history(record.ops.map((op) => ({...op, timeNs: 0})))
  expect(await lock().check(coarse)).toMatchObject({anomalies: [{type: 'overlapping-holders'}]})
})

it('is unknown where tokens are all that counts and one is no number', async () => {
  expect(await lock({fenced: true}).check(diagram('0 |acquire nil|'))).toMatchObject({
    validity: 'unknown',
    reason: 'Tokens are numbers, but acquire #0 has none.',
  })
})

/** Every two holders, and every two tokens, of every lock. */
function reference(record: History, {fenced, leaseMs}: {fenced: boolean; leaseMs: number}): Set<string> {
  const found = new Set<string>()
  for (const key of new Set(record.operations.map((operation) => operation.key))) {
    const mine = record.operations.filter((operation) => operation.key === key)
    const acquires = mine.filter(({f, outcome}) => f === 'acquire' && outcome === 'ok')
    // For each event of the record, whether this acquire is held just after it.
    const held = acquires.map((acquire) => {
      const next = mine.find(
        (later) =>
          later.process === acquire.process &&
          later.invoke.index > acquire.invoke.index &&
          ((later.f === 'acquire' && later.outcome === 'ok') || (later.f === 'release' && later.outcome !== 'fail')),
      )
      return record.ops.map(
        ({index, timeNs}) =>
          index >= endIndex(acquire) &&
          (next === undefined || index < next.invoke.index) &&
          timeNs < acquire.startNs + leaseMs * 1e6,
      )
    })
    const overlap = held.some((a, i) => held.some((b, j) => i < j && a.some((own, at) => own && b[at])))
    if (overlap && !fenced) found.add('overlapping-holders')
    for (const f of ['acquire', 'use'] as const) {
      const good = mine.filter((operation) => operation.f === f && operation.outcome === 'ok')
      const token = ({input, output}: Operation) => (f === 'acquire' ? output : input) as number
      for (const b of good) {
        const reused = good.some((a) => a.invoke.index < b.invoke.index && token(a) === token(b))
        if (f === 'acquire' && reused) found.add('token-reused')
        else if (good.some((a) => endIndex(a) < b.invoke.index && token(a) > token(b))) {
          found.add(f === 'acquire' ? 'token-went-back' : 'stale-token-accepted')
        }
      }
    }
  }
  return found
}

it.each([
  {fenced: false, leaseMs: Number.POSITIVE_INFINITY},
  {fenced: false, leaseMs: 0.006},
  {fenced: true, leaseMs: Number.POSITIVE_INFINITY},
])('agrees with comparing every two holders, and every two tokens: %o', (options) => {
  const tokens = ['token-reused', 'token-went-back', 'stale-token-accepted']
  fuzz(
    `lock/${options.fenced}/${options.leaseMs}`,
    fuzzCount(1500),
    (random) => {
      const holding = new Map<string, number>()
      const lax = random.pick([0, 0, 0.5])
      let token = 0
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(4, 13), info: 0.05, fail: 0.1, lie: random.pick([0, 0, 0.35])},
        {
          draw: (draws, process) => {
            const key = draws.chance(0.9) ? 'a' : 'b'
            const own = holding.get(`${key} ${process}`)
            if (own === undefined) return {f: 'acquire', key}
            return draws.chance(0.4) ? {f: 'use', key, input: own} : {f: 'release', key}
          },
          apply: ({f, key, input}, worker) => {
            if (f === 'use') return input
            if (f === 'release') return holding.delete(`${key} ${worker}`)
            if (!options.fenced && holding.size > 0 && !random.chance(lax)) return undefined
            holding.set(`${key} ${worker}`, (token += 2))
            return token
          },
          lie: ({f}, answer, draws) =>
            f === 'acquire' ? Math.max(1, (answer as number) - draws.between(1, 5)) : answer,
        },
      )
    },
    (record) => {
      const expected = reference(record, options)
      const {anomalies} = lock(options).check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: options.fenced ? tokens : ['overlapping-holders', 'token-reused', 'token-went-back'], balance: 0.08},
  )
})
