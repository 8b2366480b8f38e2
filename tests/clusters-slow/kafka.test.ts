/**
 * Kafka: with the settings that its documentation gives for it nothing is lost and nothing doubled; each of them left out is
 * convicted. Needs a folder of jars (`chaos doctor` says how) and takes half a minute to start: `npm run test:clusters`.
 */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise} from '../clusters/cluster.ts'

describeTarget('kafka', (target, place) => {
  test.each([
    ['hosts', 'private hosts files'],
    ['preload', 'preloaded connect()'],
  ])('keeps its promise, its links dialled by %s', async (links, words) => {
    const run = await keepsItsPromise(place, 'kafka', 'log', '--time', '20s', '--interval', '8s', '--links', links)
    expect(run.facts['cluster']).toContain(words)
  })

  test('keeps its promise under append, which is no more than read committed', async () => {
    const run = await keepsItsPromise(place, 'kafka', 'append', '--time', '20s', '--interval', '8s')
    expect(run.facts['claim']).toBe('read-committed')
  })

  convictions(place, target)

  test('with acks=1 nothing is claimed', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'kafka', '--target-arg', 'acks=1')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('With these arguments it promises nothing.')
  })
})
