/**
 * What PostgreSQL and its client do that whoever trusts a client's word records wrongly, and what ours makes of it. Seen with
 * node-postgres 8.23.1 and PostgreSQL 15.18. And that a frozen server is frozen with all of its processes.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {NotDone} from '../../core/client.ts'
import {sleep} from '../../core/clock.ts'
import type {Endpoint} from '../../core/links.ts'
import {statOf} from '../../hosts/local/process-tree.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {PostgresClient} from '../../targets/postgres/client.ts'
import {Connection} from '../../targets/postgres/connection.ts'
import {postgres} from '../../targets/postgres/index.ts'
import {settingsOf} from '../../targets/postgres/settings.ts'
import {clock, never, startTarget} from './started.ts'

const absent = postgres.absent?.()
const LIMIT_MS = 5000

describe.skipIf(absent !== undefined)(
  `postgres and its client${absent === undefined ? '' : ` (absent: ${absent})`}`,
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-postgres-'))
    let cluster: ProgramCluster
    const at = (node: string) => cluster.services[node]?.['server']?.upstream as Endpoint
    const write = (key: string, seconds = 0) =>
      `INSERT INTO chaos (k, v) SELECT '${key}', '1' FROM pg_sleep(${seconds})`

    beforeAll(async () => {
      cluster = (await startTarget(postgres, directory, {workload: 'register'})) as ProgramCluster
    })
    afterAll(async () => {
      await cluster?.stop()
      rmSync(directory, {recursive: true, force: true, maxRetries: 5})
    })

    /** Whether this key is there, or comes to be. */
    async function appears(key: string): Promise<boolean> {
      const connection = await Connection.open(at('n1'), LIMIT_MS)
      try {
        for (let looks = 0; looks < 100; looks++) {
          const rows = await connection.query('SELECT v FROM chaos WHERE k = $1', [key], never)
          if (rows.length > 0) return true
          await sleep(clock, 50)
        }
        return false
      } finally {
        connection.close()
      }
    }

    test('a statement that `query_timeout` gave up commits, and the next one waits behind it', async () => {
      const client = new pg.Client({...at('n1'), user: 'postgres', database: 'postgres', query_timeout: 200})
      client.on('error', () => {})
      await client.connect()
      await expect(client.query(write('given-up', 1))).rejects.toThrow('Query read timeout')
      await expect(client.query('SELECT 1')).rejects.toThrow('Query read timeout')
      expect(await appears('given-up')).toBe(true)
      await client.end()
    })

    test('a statement under way when its connection closes commits: it is unknown', async () => {
      const connection = await Connection.open(at('n1'), LIMIT_MS)
      const outcome = await connection.alone(write('closed', 1), [], AbortSignal.timeout(200)).catch((error) => error)
      expect(outcome).toBeInstanceOf(Error)
      expect(outcome).not.toBeInstanceOf(NotDone)
      expect(connection.broken).toBe(true)
      expect(await appears('closed')).toBe(true)
    })

    test('a commit whose wait for the standby is cancelled succeeds with a warning: it is unknown', async () => {
      const connection = await Connection.open(at('n1'), LIMIT_MS)
      const canceller = await Connection.open(at('n1'), LIMIT_MS)
      const [row] = await connection.query('SELECT pg_backend_pid() AS pid', [], never)
      await cluster.network.cut(
        'standby',
        [
          {from: 'n1', to: 'n2'},
          {from: 'n2', to: 'n1'},
        ],
        'black-hole',
      )
      const outcome = connection.alone(write('cancelled'), [], never).catch((error) => error)
      for (let waits = false; !waits; ) {
        const [activity] = await canceller.query(
          'SELECT wait_event FROM pg_stat_activity WHERE pid = $1',
          [row?.['pid']],
          never,
        )
        waits = activity?.['wait_event'] === 'SyncRep'
      }
      await canceller.query('SELECT pg_cancel_backend($1)', [row?.['pid']], never)
      expect(await outcome).toBeInstanceOf(Error)
      expect(await outcome).not.toBeInstanceOf(NotDone)
      expect((await outcome).message).toContain('canceling wait for synchronous replication')
      // The server's own answer was a success, and everybody sees it.
      expect(await appears('cancelled')).toBe(true)
      await cluster.network.heal('standby')
      for (const each of [connection, canceller]) each.close()
    })

    test('COMMIT of a transaction that had failed succeeds, and rolls back: it is refused', async () => {
      const connection = await Connection.open(at('n1'), LIMIT_MS)
      await connection.query('BEGIN', [], never)
      await expect(connection.query('SELECT 1 / 0', [], never)).rejects.toThrow('division by zero')
      await expect(connection.commit(never)).rejects.toBeInstanceOf(NotDone)
      connection.close()
    })

    test('transfers side by side at READ COMMITTED undo nothing of each other', async () => {
      const settings = settingsOf({nodes: [], bugs: [], args: {isolation: 'read-committed'}})
      const places = {own: at('n1'), all: [at('n1')]}
      const clients = Array.from({length: 4}, () => new PostgresClient(places, settings, 'bank', LIMIT_MS))
      const request = (value: unknown) => ({f: '', key: undefined, value, signal: never})
      await Promise.all(
        clients.map(async ({operations}, i) => {
          const [from, to] = i % 2 === 0 ? ['a0', 'a1'] : ['a1', 'a0']
          for (let times = 0; times < 10; times++) await operations['transfer']?.(request({from, to, amount: 1 + i}))
        }),
      )
      const balances = await clients[0]?.operations['read']?.(request(['a0', 'a1']))
      // Two pay 1 and 3 ten times, two 2 and 4 the other way.
      expect(balances).toEqual({a0: 120, a1: 80})
      for (const client of clients) await client.close()
    })

    test('a frozen server is frozen with its back ends, which are process groups of their own', async () => {
      const connection = await Connection.open(at('n3'), LIMIT_MS)
      const [row] = await connection.query('SELECT pg_backend_pid() AS pid', [], never)
      const pid = Number(row?.['pid'])
      // State, parent, group, …, time in user mode.
      const used = () => Number(statOf(pid)?.[11])
      expect(Number(statOf(pid)?.[2])).toBe(pid)
      const busy = connection.query('SELECT count(*) FROM generate_series(1, 1000000000)', [], never).catch(() => [])
      const goesOn = async () => {
        const before = used()
        while (used() === before) await sleep(clock, 10)
      }
      await goesOn()
      await cluster.process.pause?.('n3')
      const before = used()
      await sleep(clock, 500)
      expect(used()).toBe(before)
      await cluster.process.resume?.('n3')
      await goesOn()
      connection.close()
      await busy
    })
  },
)
