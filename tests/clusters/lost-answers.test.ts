/**
 * What clients make of an answer that is lost: the real client and the real server behind a link that carries requests and
 * loses answers. The operation took place; it must end as unknown, never as refused, and nothing may be sent a second time.
 */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {type Client, NotDone} from '../../core/client.ts'
import {sleep, wallClock} from '../../core/clock.ts'
import type {Cluster} from '../../core/cluster.ts'
import {createRandom} from '../../core/random.ts'
import type {Target} from '../../core/target.ts'
import {proxiedLinks} from '../../hosts/links/proxied.ts'
import {localPlace} from '../../hosts/local/place.ts'
import {REAL} from '../../targets/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'chaos-lost-'))
afterAll(() => rmSync(directory, {recursive: true, force: true, maxRetries: 5}))

const clock = wallClock()
const never = new AbortController().signal

/** A cluster; its first node is asked. */
function start(target: Target, workload: string): Promise<Cluster> {
  const own = (name: string) => {
    const path = join(directory, target.name, workload, name)
    mkdirSync(path, {recursive: true})
    return path
  }
  const guard = () => () => {}
  return target.start({
    options: {nodes: ['n1', 'n2', 'n3'], bugs: [], args: {workload}},
    random: createRandom('lost'),
    clock,
    seed: 'lost',
    directory: own('disks'),
    logDirectory: own('logs'),
    eventDirectory: own('events'),
    halt: () => {},
    warn: () => {},
    place: localPlace({logDirectory: own('logs'), guard, onUnexpectedExit: () => {}}),
    connect: proxiedLinks('embedded', {seed: 'lost'}),
    linkWay: 'auto',
    operationTimeoutMs: 2000,
    onEvent: () => {},
    signal: never,
  })
}

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
  await cluster.network!.cut('lost', [{from: 'n1', to: 'clients'}], 'black-hole')
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
    found = await ask(fresh, 'read')
    if (JSON.stringify(found) === JSON.stringify(expected)) break
    await sleep(clock, 100)
  }
  await fresh.close()
  return {ended, found}
}

const CASES = [
  ['etcd', 'cas', 'cas', [[null, 8], 'other'], [null, 8], 8],
  ['redis', 'counter', 'add', [5, 'other'], 5, 5],
  ['zookeeper', 'register', 'write', [1, 'x'], 7, 7],
  ['nats', 'set', 'add', [5, 'other'], 5, [5]],
] as const

for (const [name, workload, f, before, value, expected] of CASES) {
  const target = REAL[name]!
  const absent = target.absent?.()
  test.skipIf(absent !== undefined)(
    `${name}: ${f} whose answer is lost${absent === undefined ? '' : ` (absent: ${absent})`}`,
    async () => {
      const cluster = await start(target, workload)
      try {
        const {ended, found} = await whileAnswersAreLost(cluster, f, before, value, expected)
        expect(ended).toBeInstanceOf(Error)
        expect(ended).not.toBeInstanceOf(NotDone)
        expect(found).toEqual(expected)
      } finally {
        await cluster.stop()
      }
    },
  )
}
