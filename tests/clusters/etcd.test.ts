/** etcd: never accused of what it promises, convicted of what it does not; nothing is left behind. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from '../e2e/cli.ts'
import {chaosRun, describeTarget, leftovers} from './cluster.ts'

describeTarget('etcd', (target) => {
  const place = new Workplace()
  afterAll(() => place.dispose())

  test.each(['register', 'cas', 'set', 'rw-register'])('keeps its promise under %s', async (workload) => {
    const faults = ['--nemesis', 'partition,kill,pause', '--interval', '4s', '--time', '8s', '--seed', `ok-${workload}`]
    const run = await chaosRun(place, 'etcd', '-w', workload, ...faults)
    expect(run.output).not.toContain('FAIL')
    expect(['valid', 'unknown'], run.output).toContain(run.validity)
    expect(run.proofs.filter(({f, verified}) => f.startsWith('start-') && verified).length).toBeGreaterThan(2)
    expect(run.facts['cluster']).toMatch(/^etcd 3\.\d+\.\d+.*, private hosts files$/)
    expect(leftovers(place)).toEqual([])
  })

  test.each(target.bugs.map((bug) => [bug.name, bug] as const))(
    'with %s it is convicted',
    async (name, bug) => {
      for (let attempt = 0; attempt < 5; attempt++) {
        const run = await chaosRun(
          place,
          'etcd',
          '--bug',
          name,
          '--time',
          '20s',
          '--fail-fast',
          '--seed',
          `${name}-${attempt}`,
        )
        if (run.validity !== 'invalid') continue
        expect(
          bug.anomalies.some((anomaly) => run.anomalies.includes(anomaly)),
          run.output,
        ).toBe(true)
        return
      }
      expect.fail('not convicted in 5 runs')
    },
    120_000,
  )

  test('with serializable reads nothing more is claimed than it keeps', async () => {
    const run = await chaosRun(
      place,
      'etcd',
      '--target-arg',
      'reads=serializable',
      '--time',
      '8s',
      '--nemesis',
      'partition:leader',
      '--interval',
      '3s',
    )
    expect(run.facts['claim']).toBe('eventual')
    expect(run.validity, run.output).toBe('valid')
  })
})
