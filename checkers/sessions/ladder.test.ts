import {expect, it} from 'vitest'
import type {Checker} from '../../core/checker.ts'
import {linearizable} from '../linearizable/index.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {SESSION_MODELS, type SessionModel, sequentialConsistency} from './index.ts'
import {implies, type LadderModel, ladder, type Rung} from './ladder.ts'
import {keeps} from './session.ts'

async function climb(text: string, claim?: LadderModel) {
  const verdict = await ladder(claim === undefined ? {} : {claim}).check(diagram(text))
  return {verdict, detail: verdict.detail as {strongest: string[]; next: Rung[]; rungs: Rung[]}}
}

it.each<[string, string, string[]]>([
  ['everything in order', '0@n1 |write x=1| |read! x=1|\n1@n2               |read! x=1|', ['linearizable']],
  ['a stale read', '0 |write x=1|\n1                |read x=nil|', ['sequential']],
  ['store buffering', '0 |write x=1| |read y=nil|\n1 |write y=1| |read x=nil|', ['causal']],
  [
    'an effect without its cause',
    '0 |write x=1|\n1           |read x=1| |write y=2|\n2                                 |read y=2| |read x=nil|',
    ['pram'],
  ],
  ['own write missed', '0 |write x=1| |read x=nil|', ['writes-follow-reads', 'monotonic-writes']],
  ['back in time', '0 |write x=1| |write x=2|\n1 |read x=2| |read x=1| |read x=2|', []],
])('%s', async (_, text, strongest) => {
  const {detail, verdict} = await climb(text)
  expect(detail.strongest).toEqual(strongest)
  expect(verdict.validity).toBe(strongest.length === 0 ? 'invalid' : 'valid')
})

it('tells why the next model up does not hold', async () => {
  const {detail, verdict} = await climb('0 |write x=1|\n1                |read x=nil|')
  expect(verdict.summary).toBe('strongest: sequential')
  expect(detail.next.map(({model}) => model)).toContain('linearizable')
  expect(detail.next.find(({model}) => model === 'linearizable')?.sentence).toMatch(/read/)
  expect(detail.rungs.find(({model}) => model === 'pram')).toEqual({model: 'pram', validity: 'valid', implied: true})
})

it('judges a claim', async () => {
  const text = '0 |write x=1| |read y=nil|\n1 |write y=1| |read x=nil|'
  expect((await climb(text, 'causal')).verdict.validity).toBe('valid')
  const {verdict} = await climb(text, 'sequential')
  expect(verdict).toMatchObject({validity: 'invalid', anomalies: [{type: 'sequential-violation'}]})
})

it('is unknown where there is nothing to judge', async () => {
  expect((await climb('0 |write x=1|')).verdict.validity).toBe('unknown')
  expect((await climb('0 |add 1| |read [1]|')).verdict.validity).toBe('unknown')
})

it('knows what implies what', () => {
  expect(implies('linearizable', 'monotonic-reads')).toBe(true)
  expect(implies('pram', 'writes-follow-reads')).toBe(false)
  expect(implies('sequential', 'convergent')).toBe(false)
})

it('models that each hold by their own checker are ordered as the ladder says', async () => {
  const checks: (() => Promise<void>)[] = []
  fuzz(
    'ladder',
    fuzzCount(300),
    (random) => {
      const written: Record<string, (number | null)[]> = {x: [null], y: [null]}
      let value = 0
      const recent = random.pick([1, 0.8, 0.4])
      return fuzzHistory(
        random,
        {workers: random.between(2, 3), operations: random.between(3, 8), info: 0.05},
        {
          draw: (draws) => {
            const key = draws.pick(['x', 'y'])
            return draws.chance(0.6) ? {f: 'read', key} : {f: 'write', key, input: ++value}
          },
          apply: ({f, key, input}) => {
            const list = written[key as string] as (number | null)[]
            if (f === 'write') return list.push(input as number)
            return random.chance(recent) ? list.at(-1) : random.pick(list)
          },
          final: [{f: 'read', key: 'x'}],
        },
      )
    },
    (record) => {
      const models = Object.keys(SESSION_MODELS) as SessionModel[]
      const holds = new Map<LadderModel, boolean>(models.map((model) => [model, keeps(model, record) as boolean]))
      checks.push(async () => {
        if (record.operations.every(({f, outcome}) => f !== 'read' || outcome !== 'ok')) return
        const valid = async (checker: Checker) => (await checker.check(record)).validity === 'valid'
        holds.set('linearizable', await valid(linearizable({model: 'register'})))
        holds.set('sequential', await valid(sequentialConsistency({notLinearizable: true})))
        for (const [stronger, holding] of holds) {
          for (const [weaker, held] of holds) {
            if (holding && implies(stronger, weaker)) expect(held, `${stronger} → ${weaker}`).toBe(true)
          }
        }
        const {rungs} = (await ladder().check(record)).detail as {rungs: Rung[]}
        for (const {model, validity} of rungs) {
          if (holds.has(model)) expect(validity, model).toBe(holds.get(model) === true ? 'valid' : 'invalid')
        }
      })
      return holds.get('causal') === true
    },
  )
  for (const check of checks) await check()
})
