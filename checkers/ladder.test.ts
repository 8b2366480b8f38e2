import {expect, it} from 'vitest'
import {diagram} from './diagram.ts'
import {implies, type LadderModel, ladder, type Rung} from './ladder.ts'

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
