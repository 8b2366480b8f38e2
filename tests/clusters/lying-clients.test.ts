/**
 * Why targets have clients of their own, or libraries with everything switched off: what well-kept libraries make of an answer
 * that is lost, with their usual settings. The real library and the real server behind a link that carries requests and loses
 * answers. Should one of these change, the client of that target may be made simpler; until then its word is not to be trusted.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Etcd3} from 'etcd3'
import {Redis} from 'ioredis'
import {createClient} from 'redis'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {sleep} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {REAL} from '../../targets/index.ts'
import {clock, startTarget} from './started.ts'

const directory = mkdtempSync(join(tmpdir(), 'chaos-lying-'))
afterAll(() => rmSync(directory, {recursive: true, force: true, maxRetries: 5}))

/** The tests of one server; `lose` loses the answers of the first node, and `heal` cuts every connection that missed some. */
function against(
  name: string,
  tests: (server: {address(): Endpoint; lose(): Promise<void>; heal(): Promise<void>}) => void,
): void {
  const target = REAL[name]!
  const absent = target.absent?.()
  describe.skipIf(absent !== undefined)(absent === undefined ? name : `${name} (absent: ${absent})`, () => {
    let cluster: ProgramCluster
    beforeAll(async () => {
      cluster = (await startTarget(target, join(directory, name), {workload: 'register'})) as ProgramCluster
    })
    afterAll(() => cluster?.stop())
    tests({
      address: () => cluster.links.address('clients', 'n1', 'client'),
      lose: () => cluster.network.cut('lost', [{from: 'n1', to: 'clients'}], 'black-hole'),
      heal: () => cluster.network.heal('lost'),
    })
  })
}

const pending = Symbol('pending')
/** How it stands after so long: its value, its error, or that it is still under way. */
const after = (promise: Promise<unknown>, ms: number) =>
  Promise.race([promise.catch((error: unknown) => error), sleep(clock, ms).then(() => pending)])

against('etcd', ({address, lose, heal}) => {
  let client: Etcd3
  afterEach(() => client.close())

  test('etcd3 1.1.2 asks again, and says of a compare-and-set that it won that it was lost', async () => {
    const {host, port} = address()
    client = new Etcd3({hosts: `http://${host}:${port}`})
    await client.get('warm').string()
    await lose()
    const created = client.if('mine', 'Create', '==', 0).then(client.put('mine').value('yes')).commit()
    const outcome = after(created, 5000)
    await sleep(clock, 500)
    await heal()
    expect(await outcome).toMatchObject({succeeded: false})
    expect(await client.get('mine').string()).toBe('yes')
  })
})

against('redis', ({address, lose, heal}) => {
  test('ioredis 6.0.0 sends a command that it has rejected again, and it takes effect twice', async () => {
    const client = new Redis({...address(), commandTimeout: 300})
    client.on('error', () => {})
    try {
      await client.ping()
      await lose()
      expect(String(await after(client.incr('twice'), 2000))).toContain('Command timed out')
      await heal()
      await expect.poll(() => client.get('twice').catch(() => null), {timeout: 5000}).toBe('2')
    } finally {
      client.disconnect()
    }
  })

  test('ioredis 6.0.0 without resending leaves a command pending for ever', async () => {
    const client = new Redis({...address(), autoResendUnfulfilledCommands: false})
    client.on('error', () => {})
    try {
      await client.ping()
      await lose()
      const incremented = client.incr('pending')
      await sleep(clock, 300)
      await heal()
      await expect.poll(() => client.get('pending').catch(() => null), {timeout: 5000}).toBe('1')
      expect(await after(incremented, 1000)).toBe(pending)
    } finally {
      client.disconnect()
    }
  })

  test('node-redis 6.3.1 does not end a command that was sent when its time is over', async () => {
    const {host, port} = address()
    const client = createClient({socket: {host, port}})
    client.on('error', () => {})
    await client.connect()
    try {
      await client.ping()
      await lose()
      const incremented = client.withCommandOptions({timeout: 300}).incr('late')
      expect(await after(incremented, 1500)).toBe(pending)
      await heal()
      await after(incremented, 5000)
      expect(await client.get('late')).toBe('1')
    } finally {
      client.destroy()
    }
  })
})
