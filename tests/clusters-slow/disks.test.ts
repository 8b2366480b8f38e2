/**
 * Disk faults under unmodified servers: those that promise to keep what they acknowledged do, whatever the power takes; those that
 * sync later are convicted when more is expected of them. In the slow suite because each run takes half a minute and root.
 */
import {execaSync} from 'execa'
import {expect, test} from 'vitest'
import {lacking} from '../../core/capabilities.ts'
import {canMountVolumes} from '../../hosts/volumes/support.ts'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from '../clusters/cluster.ts'

const WORKLOADS = {
  etcd: 'append',
  redis: 'register',
  postgres: 'append',
  zookeeper: 'set',
  'redis-cluster': 'register',
  nats: 'set',
  kafka: 'log',
  rabbitmq: 'queue',
  'mariadb-galera': 'append',
}
/** What they have to be told before they promise anything of a power cut. */
const SYNCED: Readonly<Record<string, readonly string[]>> = {
  nats: ['sync=always'],
  kafka: ['flush=always'],
  'mariadb-galera': ['flush=always'],
}
/** Debian's NATS is 2.9, which has no such setting: `PATH` may begin with a newer one. */
const OLDER: Readonly<Record<string, () => string | undefined>> = {
  nats: () => {
    const {stdout} = execaSync('nats-server', ['--version'], {reject: false})
    return /v2\.\d\./.test(stdout) ? `2.10 or newer, this is ${stdout.trim()}` : undefined
  },
}
/** Misconfigurations that only show when the power fails. */
const UNSYNCED = ['unsynced-appends', 'unsynced-streams', 'unflushed-log']
const KINDS = ['power-cut', 'full', 'slow'] as const

for (const [name, workload] of Object.entries(WORKLOADS)) {
  describeTarget(name, (target, place) => {
    const more = SYNCED[name] ?? []
    const args = Object.fromEntries(more.map((argument) => argument.split('=') as [string, string]))
    const options = {nodes: ['n1', 'n2', 'n3'], bugs: [], args}
    for (const kind of KINDS) {
      const capabilities = target.capabilities(kind === 'power-cut' ? options : {...options, args: {}})
      const why = lacking([`disk.${kind}`], capabilities) ?? (kind === 'power-cut' ? OLDER[name]?.() : undefined)
      test.skipIf(why !== undefined)(
        `keeps its promise under disk:${kind}${why === undefined ? '' : `: it lacks ${why}`}`,
        async () => {
          const faults = ['--nemesis', `disk:${kind}`, '--interval', '3s', '--time', '12s']
          const told = kind === 'power-cut' ? more.flatMap((argument) => ['--target-arg', argument]) : []
          const run = await keepsItsPromise(place, name, workload, ...faults, ...told)
          expect(run.proofs.filter(({f, verified}) => f === 'start-disk' && !verified)).toEqual([])
        },
        PATIENT_MS,
      )
    }
    const unsynced = target.bugs.filter((bug) => UNSYNCED.includes(bug.name))
    if (unsynced.length > 0 && canMountVolumes() === true) convictions(place, {...target, bugs: unsynced})
  })
}
