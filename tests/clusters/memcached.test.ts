/** memcached: what a cache finds is the present value, unless its clients change their minds about who has it. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise} from './cluster.ts'

describeTarget('memcached', (target, place) => {
  test('keeps its promise: what it has lost is a miss, what it has is the present value', async () => {
    const run = await keepsItsPromise(place, 'memcached', 'register', '--nemesis', 'kill,pause')
    expect(run.proofs.filter(({f, verified}) => f.startsWith('start-') && verified).length).toBeGreaterThan(0)
    const misses = place.read('runs', 'latest', 'history.jsonl').match(/"error":"a miss"/g)?.length ?? 0
    expect(misses).toBeGreaterThan(0)
  })
  convictions(place, target)

  test('its servers cannot be cut off from each other', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'memcached', '--nemesis', 'partition')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('its servers do not talk to each other')
  })
})
