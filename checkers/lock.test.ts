import {expect, it} from 'vitest'
import {diagram} from './diagram.ts'
import {endIndex} from './finding.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
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
  expect(await lock().check(diagram('0 |acquire nil #'))).toMatchObject({validity: 'unknown'})
})

it('agrees with comparing every two holders, and every two tokens', () => {
  fuzz(
    'lock',
    fuzzCount(1500),
    (random) => {
      const holding = new Set<number>()
      let token = 0
      return fuzzHistory(
        random,
        {workers: 3, operations: random.between(3, 10), info: 0.05, fail: 0.1, lie: random.pick([0, 0.15])},
        {
          draw: (_, process) => (holding.has(process % 3) ? {f: 'release'} : {f: 'acquire'}),
          apply: ({f}, worker) => {
            if (f === 'release') return holding.delete(worker)
            if (holding.size > 0 && random.chance(0.85)) return undefined
            holding.add(worker)
            return ++token
          },
          lie: ({f}, answer) => (f === 'acquire' ? Math.max(1, (answer as number) - 1) : answer),
        },
      )
    },
    (record) => {
      const {operations} = record
      const acquires = operations.filter(({f, outcome}) => f === 'acquire' && outcome === 'ok')
      const holds = acquires.map((acquire) => {
        const next = operations.find(
          (later) =>
            later.process === acquire.process &&
            later.invoke.index > acquire.invoke.index &&
            (later.f === 'acquire' ? later.outcome === 'ok' : later.outcome !== 'fail'),
        )
        return {from: endIndex(acquire), to: next?.invoke.index ?? Number.POSITIVE_INFINITY}
      })
      const apart = holds.every((a) => holds.every((b) => a === b || a.to <= b.from || b.to <= a.from))
      const growing = acquires.every((a) =>
        acquires.every(
          (b) =>
            a === b ||
            (a.output !== b.output && !(endIndex(a) < b.invoke.index && (a.output as number) > (b.output as number))),
        ),
      )
      const expected = apart && growing
      const verdict = lock().check(record) as {validity: string}
      if (acquires.length > 0) expect(verdict.validity).toBe(expected ? 'valid' : 'invalid')
      return expected
    },
  )
})
