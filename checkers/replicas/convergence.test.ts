import {expect, it} from 'vitest'
import type {Operation} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {type ConvergenceOptions, convergence} from './convergence.ts'

const judge = (text: string, options: ConvergenceOptions = {}) => convergence(options).check(diagram(text))
const register: ConvergenceOptions = {writes: ['write', 'cas']}

it.each<[string, string, ConvergenceOptions, string]>([
  ['two nodes disagree', '0@n1 |write 1| |read! 1|\n1@n2           |read! 2|', {}, 'diverged'],
  ['one node never heard', '0@n1 |write 1| |read! 1|\n1@n2           |read! nil|', {}, 'diverged'],
  ['a set has an element twice on one node', '0@n1 |read! [1 2 2]|\n1@n2 |read! [2 1]|', {unordered: true}, 'diverged'],
  ['all agree on a value that nobody wrote', '0 |write 1| |read! 7|', register, 'unexpected-value'],
  ['all agree on nothing', '0 |write 1| |read! nil|', register, 'lost-write'],
  ['all agree on a write that failed', '0 |write 1| |write 2 # |read! 2|', register, 'failed-write-visible'],
])('convicts: %s', async (_, text, options, type) => {
  const verdict = await judge(text, options)
  expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual([type])
})

it.each<[string, string, ConvergenceOptions]>([
  ['agreement', '0@n1 |write 1| |read! 1|\n1@n2           |read! 1|', register],
  ['early final reads that differ', '0@n1 |write 1| |read! nil| |read! 1|\n1@n2 |read! 1|', register],
  ['sets in any order', '0@n1 |read! [1 2]|\n1@n2 |read! [2 1]|', {unordered: true}],
  ['a value that was swapped in', '0 |write 1| |cas [1 2]| |read! 2|', register],
  ['an unknown write', '0 |write 1 >\n1 |write 2| |read! 1|', register],
  ['a key that nobody ever wrote', '0 |write 1 >\n1 |read! nil|', register],
])('accepts: %s', async (_, text, options) => {
  expect(await judge(text, options)).toMatchObject({validity: 'valid', anomalies: []})
})

it('is unknown where a node, or everybody, did not answer', async () => {
  expect(await judge('0@n1 |write x=1| |read x=1|')).toMatchObject({
    validity: 'unknown',
    reason: 'nobody answered a final read of x.',
  })
  const partly = await judge('0@n1 |write x=1| |read! x=1|\n1@n2 |read! x=1 >', {nodes: ['n1', 'n2']})
  expect(partly).toMatchObject({validity: 'unknown', reason: 'n2 answered no final read of x.'})
})

it('tells who read what', async () => {
  const verdict = await judge('0@n1 |read! x=1|\n1@n2 |read! x=2|\n2@n3 |read! x=1|')
  expect(verdict.anomalies[0]).toMatchObject({
    sentence: 'After everything healed, the nodes disagree of x: n1 n3 read 1, but n2 read 2.'.replace(
      ' of x',
      ' on x',
    ),
    key: 'x',
    witness: [0, 1, 3, 4],
  })
})

it('tells elements apart that look alike as text', async () => {
  const text = '0@n1 |read! ["1" "2,3"]|\n1@n2 |read! [1 "2,3"]|'
  const record = diagram(text)
  const [one] = record.operations as unknown as [{output: unknown}]
  one.output = ['1', '2,3']
  expect((await convergence({unordered: true}).check(record)).validity).toBe('invalid')
  expect(() => judge('0 |cas nil| |read! 1|', register)).toThrow(
    'op #0 asks for cas nothing: not a pair [expected, new]',
  )
})

it('agrees with comparing every two final reads', () => {
  fuzz(
    'convergence',
    fuzzCount(1500),
    (random) => {
      let value = 0
      const written: Record<string, (number | null)[]> = {x: [null], y: [null]}
      const behind = random.pick([0, 0, 0.3])
      return fuzzHistory(
        random,
        {
          workers: random.between(1, 3),
          operations: random.between(2, 8),
          info: 0.15,
          fail: random.pick([0, 0.3]),
          lie: random.pick([0, 0, 0.1]),
          nameless: 0.2,
        },
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'x', 'y'])
            const dice = draws.next()
            if (dice < 0.3) return {f: 'read', key}
            return dice < 0.8 ? {f: 'write', key, input: ++value} : {f: 'cas', key, input: [value, ++value]}
          },
          apply: ({f, key, input}) => {
            const own = written[key as string] as (number | null)[]
            if (f === 'read') return random.chance(behind) ? random.pick(own) : own.at(-1)
            own.push(f === 'write' ? (input as number) : (input as number[])[1]!)
            return random.chance(0.1) ? undefined : input
          },
          lie: ({f}, answer, draws) => (f === 'read' ? draws.pick([null, value + 1, [1]]) : answer),
          final: [
            {f: 'read', key: 'x'},
            {f: 'read', key: random.pick(['x', 'y'])},
          ],
        },
      )
    },
    (record) => {
      const expected = new Set<string>()
      for (const key of new Set(record.operations.map((operation) => operation.key))) {
        const mine = record.operations.filter((operation) => operation.key === key)
        const finals = mine.filter(({f, final, outcome}) => f === 'read' && final && outcome === 'ok')
        const place = ({node, process}: Operation) => node ?? `process ${process}`
        const last = finals.filter((read, i) => finals.slice(i + 1).every((later) => place(later) !== place(read)))
        if (last.some((a) => last.some((b) => JSON.stringify(a.output) !== JSON.stringify(b.output))))
          expected.add('diverged')
        for (const {output} of last) {
          const sources = mine.filter(
            ({f, input}) =>
              f !== 'read' && JSON.stringify(f === 'cas' ? (input as number[])[1] : input) === JSON.stringify(output),
          )
          if (output === null) {
            if (mine.some(({f, outcome}) => f !== 'read' && outcome === 'ok')) expected.add('lost-write')
          } else if (sources.length === 0) expected.add('unexpected-value')
          else if (sources.every(({outcome}) => outcome === 'fail')) expected.add('failed-write-visible')
        }
      }
      const {anomalies} = convergence(register).check(record) as Verdict
      expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)
      return expected
    },
    {kinds: ['diverged', 'lost-write', 'unexpected-value', 'failed-write-visible']},
  )
})

it('puts up with losses where the store may lose what it acknowledged, and with nothing else', async () => {
  const lossy = {writes: ['write'], lossy: true}
  expect(await judge('0@n1 |write 1| |read! nil|\n1@n2 |read! nil|', lossy)).toMatchObject({validity: 'valid'})
  const made = await judge('0@n1 |write 1| |read! 2|\n1@n2 |read! 2|', lossy)
  expect(made.anomalies.map(({type}) => type)).toEqual(['unexpected-value'])
  const split = await judge('0@n1 |write 1| |read! nil|\n1@n2 |read! 1|', lossy)
  expect(split.anomalies.map(({type}) => type)).toEqual(['diverged'])
})

it('says that sums of floating-point numbers differ by rounding alone, and says it of nothing else', async () => {
  const why = async (one: string, other: string) => {
    const {anomalies} = await judge(`0@n1 |read! ${one}|\n1@n2 |read! ${other}|`)
    expect(anomalies.map(({type}) => type)).toEqual(['diverged'])
    return anomalies[0]?.why?.join(' ') ?? ''
  }
  expect(await why('0.6000000000000001', '0.6')).toMatch(/rounding alone/)
  for (const [one, other] of [
    ['0.5', '0.6'],
    ['1000000000001', '1000000000000'],
    ['0.6', 'nil'],
  ] as const) {
    expect(await why(one, other)).not.toMatch(/rounding/)
  }
})
