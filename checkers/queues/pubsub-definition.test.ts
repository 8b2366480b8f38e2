/**
 * Publish/subscribe against its definition (reliable FIFO broadcast, Hadzilacos & Toueg 1994), fact by fact; written without a
 * look at the checker, over records that follow from nothing.
 */
import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRecord, anyValue, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {pubsub} from './pubsub.ts'

function topics(random: Random): History {
  const keys = random.pick([['x'], ['x', 'y']])
  const wait = random.pick([0, 0, 0.1])
  const shift = random.int(8)
  const published = new Map<string, unknown[]>()
  const given = new Map<string, number>()
  const faithful = random.pick([0.5, 0.8, 0.95, 1])
  /** What came since the last time, mostly. */
  const news = (draws: Random, process: number, key: string) => {
    const all = published.get(key) ?? []
    const from = given.get(`${process} ${key}`) ?? all.length
    const to = draws.between(from, all.length)
    if (!draws.chance(faithful)) {
      const odd = draws.chance(0.1) ? [anyValue(40)] : []
      return draws.shuffle(all).slice(0, draws.int(3)).concat(odd)
    }
    given.set(`${process} ${key}`, to)
    return all.slice(from, to)
  }
  return anyRecord(random, {
    workers: random.between(1, 3),
    operations: random.between(0, 12),
    open: wait,
    draw: (draws, process, made) => {
      const key = draws.pick(keys)
      const luck = draws.next()
      if (luck < 0.25) {
        return {
          f: 'subscribe',
          key,
          answer: () => {
            if (!given.has(`${process} ${key}`)) given.set(`${process} ${key}`, published.get(key)?.length ?? 0)
            return null
          },
        }
      }
      if (luck < 0.6) {
        const input = anyValue(shift + made)
        published.set(key, [...(published.get(key) ?? []), input])
        return {f: 'publish', key, input, answer: () => input}
      }
      const final = draws.chance(0.4)
      if (draws.chance(0.5)) return {f: 'receive', key, final, answer: (late) => news(late, process, key)}
      return {
        f: 'receive',
        final,
        answer: (late) => Object.fromEntries(keys.map((one) => [one, news(late, process, one)])),
      }
    },
  })
}

/** The anomalies by their definitions. */
function definition(record: History): Set<string> {
  const operations = [...record.operations]
  const found = new Set<string>()
  const publishes = operations.filter(({f}) => f === 'publish')
  for (const process of new Set(operations.map((one) => one.process))) {
    const own = operations.filter((one) => one.process === process)
    for (const topic of ['x', 'y']) {
      const subscribed = own.find(({f, key, outcome}) => f === 'subscribe' && key === topic && outcome === 'ok')
      const receives = own.filter(({f, key}) => f === 'receive' && (key === undefined || key === topic))
      const got = receives.flatMap((by) => messages(by, topic).map((message) => ({message, by})))
      const texts = got.map(({message}) => message)
      for (const {message, by} of got) {
        const of = publishes.find(({key, input}) => key === topic && identity(input) === message)
        const had = of !== undefined && of.outcome !== 'fail' && of.startNs < by.endNs
        if (!had || subscribed === undefined || subscribed.endNs > by.startNs) found.add('unexpected-message')
      }
      const real = texts.filter((text) =>
        publishes.some(({key, input, outcome}) => key === topic && outcome !== 'fail' && identity(input) === text),
      )
      if (new Set(real).size < real.length) found.add('duplicate-message')
      for (const first of publishes) {
        for (const second of publishes) {
          if (first.process !== second.process || first.key !== topic || second.key !== topic) continue
          if (first.outcome === 'fail' || second.outcome === 'fail' || first.startNs >= second.startNs) continue
          const [one, other] = [texts.indexOf(identity(first.input)), texts.indexOf(identity(second.input))]
          if (one >= 0 && other >= 0 && other < one) found.add('reordered-message')
        }
      }
      const last = receives.filter(({outcome, final}) => outcome === 'ok' && final).at(-1)
      if (subscribed === undefined || last === undefined) continue
      if (receives.some(({outcome}) => outcome === 'info')) continue
      for (const {key, outcome, input, startNs, endNs} of publishes) {
        if (key !== topic || outcome !== 'ok' || startNs < subscribed.endNs || endNs > last.startNs) continue
        if (!texts.includes(identity(input))) found.add('lost-message')
      }
    }
  }
  return found
}

function messages({key, output, outcome}: Operation, topic: string): string[] {
  if (outcome !== 'ok') return []
  const list = key === topic ? output : (output as Record<string, unknown>)[topic]
  return ((list ?? []) as unknown[]).map(identity)
}

it('is what its definition says', () => {
  const kinds = ['lost-message', 'unexpected-message', 'duplicate-message', 'reordered-message']
  fuzz(
    'definition of pubsub',
    fuzzCount(1500),
    topics,
    (record) => {
      const expected = definition(record)
      const verdict = pubsub().check(record) as Verdict
      expect([...new Set(verdict.anomalies.map(({type}) => type))].sort()).toEqual([...expected].sort())
      return expected
    },
    {kinds},
  )
})
