/** The result of a search does not depend on how many threads there are, nor on which of them is quick. */
import {describe, expect, test} from 'vitest'
import {eventLoopTurn, wallClock} from '../../core/clock.ts'
import {createRandom} from '../../core/random.ts'
import type {Attempt} from './attempt.ts'
import {search, seedsFrom} from './search.ts'

const came = (seed: string, validity: Attempt['validity']): Attempt => ({
  seed,
  validity,
  sentence: '',
  anomalies: [],
  unsafe: validity === 'invalid',
  crashes: [],
  operations: 1,
  faults: 0,
  simulatedMs: 1,
  events: 1,
  digest: seed,
})

/** Searches 40 seeds of which some fail, with attempts that end in a drawn order. */
async function told(threads: number, stopAtFirst: boolean, failing: readonly string[], order = 'o') {
  const seen: string[] = []
  let running = 0
  let most = 0
  await search({
    seeds: seedsFrom('s', 40),
    async attempt(seed) {
      most = Math.max(most, ++running)
      for (let turns = createRandom(`${order}${seed}`).int(8); turns > 0; turns--) await eventLoopTurn()
      running--
      return came(seed, failing.includes(seed) ? 'invalid' : 'valid')
    },
    threads,
    stopAtFirst,
    budgetMs: Number.POSITIVE_INFINITY,
    clock: wallClock(),
    signal: new AbortController().signal,
    onAttempt: ({seed}) => seen.push(seed),
  })
  return {seen, most}
}

describe('a search', () => {
  test('tells every seed once, in order', async () => {
    expect((await told(4, false, ['s-7', 's-30'])).seen).toEqual([...seedsFrom('s', 40)])
  })
  test('stops at the first seed in order that fails, on any number of threads', async () => {
    const expected = [...seedsFrom('s', 13)]
    for (const threads of [1, 2, 3, 8]) {
      for (const order of ['a', 'b', 'c']) {
        const {seen, most} = await told(threads, true, ['s-12', 's-14', 's-20'], order)
        expect(seen).toEqual(expected)
        expect(most).toBe(threads)
      }
    }
  })
  test('that is interrupted waits for no seed under way, and tells nothing of it', async () => {
    const interrupt = new AbortController()
    const seen: string[] = []
    let finish = () => {}
    const underWay = new Promise<void>((resolve) => {
      finish = resolve
    })
    await search({
      seeds: seedsFrom('s', 40),
      async attempt(seed) {
        if (seed === 's-2') {
          interrupt.abort()
          await underWay
        }
        return came(seed, 'valid')
      },
      threads: 1,
      stopAtFirst: false,
      budgetMs: Number.POSITIVE_INFINITY,
      clock: wallClock(),
      signal: interrupt.signal,
      onAttempt: ({seed}) => seen.push(seed),
    })
    expect(seen).toEqual(['s-0', 's-1'])
    finish()
    await eventLoopTurn()
    expect(seen).toEqual(['s-0', 's-1'])
  })
  test('that is interrupted begins nothing more', async () => {
    const stop = new AbortController()
    const begun: string[] = []
    await search({
      seeds: seedsFrom('s'),
      async attempt(seed) {
        begun.push(seed)
        if (begun.length === 5) stop.abort()
        await eventLoopTurn()
        return came(seed, 'valid')
      },
      threads: 2,
      stopAtFirst: true,
      budgetMs: Number.POSITIVE_INFINITY,
      clock: wallClock(),
      signal: stop.signal,
      onAttempt() {},
    })
    expect(begun.length).toBeLessThanOrEqual(6)
  })
})
