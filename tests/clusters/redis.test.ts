/** Redis with sentinels: never accused of what it does not promise, convicted of what people take it for. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from '../e2e/cli.ts'
import {chaosRun, describeTarget, leftovers} from './cluster.ts'

describeTarget('redis', (target) => {
  const place = new Workplace()
  afterAll(() => place.dispose())

  test.each([
    ['register', 'hosts', 'private hosts files'],
    ['cas', 'preload', 'preloaded connect()'],
  ])('keeps its promise under %s, its links dialled by %s', async (workload, links, words) => {
    const faults = [
      '--nemesis',
      'partition,kill,pause',
      '--interval',
      '5s',
      '--time',
      '10s',
      '--seed',
      `ok-${workload}`,
    ]
    const run = await chaosRun(place, 'redis', '-w', workload, '--links', links, ...faults)
    expect(run.output).not.toContain('FAIL')
    expect(['valid', 'unknown'], run.output).toContain(run.validity)
    expect(run.proofs.filter(({f, verified}) => f.startsWith('start-') && verified).length).toBeGreaterThan(1)
    expect(run.facts['cluster']).toContain(words)
    expect(leftovers(place)).toEqual([])
  })

  test.each(target.bugs.map((bug) => [bug.name, bug] as const))(
    '%s is convicted',
    async (name, bug) => {
      for (let attempt = 0; attempt < 5; attempt++) {
        const run = await chaosRun(place, 'redis', '--bug', name, '--fail-fast', '--seed', `${name}-${attempt}`)
        if (run.validity !== 'invalid') continue
        expect(
          bug.anomalies.some((anomaly) => run.anomalies.includes(anomaly)),
          run.output,
        ).toBe(true)
        return
      }
      expect.fail('not convicted in 5 runs')
    },
    180_000,
  )

  test('nothing is claimed of sets: what was acknowledged may be lost', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'redis', '-w', 'set')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('It supports: register, cas')
  })
})
