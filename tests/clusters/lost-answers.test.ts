/**
 * What clients make of an answer that is lost: the real client and the real server behind a link that carries requests and
 * loses answers. The operation took place; it must end as unknown, never as refused, and nothing may be sent a second time.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {type Client, NotDone} from '../../core/client.ts'
import {sleep} from '../../core/clock.ts'
import type {Cluster} from '../../core/cluster.ts'
import {REAL} from '../../targets/index.ts'
import {clock, never, startTarget} from './started.ts'

const directory = mkdtempSync(join(tmpdir(), 'chaos-lost-'))
afterAll(() => rmSync(directory, {recursive: true, force: true, maxRetries: 5}))

const ask = (client: Client, f: string, value: unknown = null, key = 'x') =>
  client.operations[f]!({f, key, value, signal: never})

/** Does this while answers are lost; how it ended once the connection was cut, and what a fresh client finds then. */
async function whileAnswersAreLost(
  cluster: Cluster,
  f: string,
  before: readonly [value: unknown, key: string],
  value: unknown,
  expected: unknown,
) {
  const client = await cluster.openClient('n1', 0)
  // Every connection that the operation needs is there before.
  await ask(client, f, ...before)
  const answers = cluster.nodes.map((from) => ({from, to: 'clients'}) as const)
  await cluster.network!.cut('lost', answers, 'black-hole')
  const outcome = ask(client, f, value).then(
    () => 'ok' as const,
    (error: unknown) => error,
  )
  // Healing closes connections from which bytes are missing. Until then the request has had time to arrive.
  await sleep(clock, 500)
  await cluster.network!.heal('lost')
  const ended = await outcome
  await client.close()
  const fresh = await cluster.openClient('n1', 1)
  let found: unknown
  for (let looks = 0; looks < 50; looks++) {
    found = await ask(fresh, f === 'enqueue' ? 'dequeue' : 'read')
    if (JSON.stringify(found) === JSON.stringify(expected)) break
    await sleep(clock, 100)
  }
  await fresh.close()
  return {ended, found}
}

const CASES = [
  ['etcd', 'cas', 'cas', [[null, 8], 'other'], [null, 8], 8],
  ['etcd', 'set', 'add', [5, 'other'], 5, [5]],
  ['redis', 'counter', 'add', [5, 'other'], 5, 5],
  ['zookeeper', 'register', 'write', [1, 'x'], 7, 7],
  ['nats', 'set', 'add', [5, 'other'], 5, [5]],
  ['nats', 'queue', 'enqueue', [5, 'x'], 7, 7],
  ['rabbitmq', 'queue', 'enqueue', [5, 'x'], 7, 7],
  ['memcached', 'register', 'write', [1, 'x'], 7, 7],
  ['postgres', 'register', 'write', [1, 'x'], 7, 7],
] as const

for (const [name, workload, f, before, value, expected] of CASES) {
  const target = REAL[name]!
  const absent = target.absent?.()
  test.skipIf(absent !== undefined)(
    `${name}: ${f} whose answer is lost${absent === undefined ? '' : ` (absent: ${absent})`}`,
    async () => {
      const cluster = await startTarget(target, join(directory, name, workload), {workload})
      try {
        const {ended, found} = await whileAnswersAreLost(cluster, f, before, value, expected)
        expect(ended).toBeInstanceOf(Error)
        expect(ended).not.toBeInstanceOf(NotDone)
        expect(found).toEqual(expected)
      } finally {
        await cluster.stop()
      }
    },
    // RabbitMQ takes 10 s to start, and more on a busy machine.
    120_000,
  )
}

const unable = REAL['memcached']!.absent?.()
test.skipIf(unable !== undefined)(
  `memcached: a set that is refused has an effect${unable === undefined ? '' : ` (absent: ${unable})`}`,
  async () => {
    // It takes the old value away (1.6.18; findings/memcached-refused-set.sh). Were it a *fail*, the miss would be a lost write.
    const cluster = await startTarget(REAL['memcached']!, join(directory, 'memcached', 'refused'), {
      workload: 'register',
    })
    const client = await cluster.openClient('n1', 0)
    try {
      await ask(client, 'write', 'old')
      expect(await ask(client, 'read')).toBe('old')
      const refused = await ask(client, 'write', 'x'.repeat(2_000_000)).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Error)
      expect(refused).not.toBeInstanceOf(NotDone)
      await expect(ask(client, 'read')).rejects.toThrow('a miss')
    } finally {
      await client.close()
      await cluster.stop()
    }
  },
)
