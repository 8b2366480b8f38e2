/**
 * Disk faults under unmodified servers: those that promise to keep what they acknowledged do, whatever the power takes; Redis, which
 * syncs once a second, is convicted when more is expected of it. In the slow suite because each run takes half a minute and root.
 */
import {expect, test} from 'vitest'
import {can, lacking} from '../../core/capabilities.ts'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from '../clusters/cluster.ts'

const WORKLOADS = {etcd: 'append', redis: 'register', postgres: 'append', zookeeper: 'set'}
const KINDS = ['power-cut', 'full', 'slow'] as const

for (const [name, workload] of Object.entries(WORKLOADS)) {
  describeTarget(name, (target, place) => {
    const capabilities = target.capabilities({nodes: ['n1', 'n2', 'n3'], bugs: [], args: {}})
    for (const kind of KINDS) {
      const why = lacking([`disk.${kind}`], capabilities)
      test.skipIf(why !== undefined)(
        `keeps its promise under disk:${kind}${why === undefined ? '' : `: it lacks ${why}`}`,
        async () => {
          const faults = ['--nemesis', `disk:${kind}`, '--interval', '3s', '--time', '12s']
          const run = await keepsItsPromise(place, name, workload, ...faults)
          expect(run.proofs.filter(({f, verified}) => f === 'start-disk' && !verified)).toEqual([])
        },
        PATIENT_MS,
      )
    }
    if (name !== 'redis' || !can(capabilities, 'disk.power-cut')) return
    convictions(place, {...target, bugs: target.bugs.filter((bug) => bug.name === 'unsynced-appends')})
  })
}
