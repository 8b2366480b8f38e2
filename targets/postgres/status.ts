/** What a server says of itself, asked past all links on a connection that is kept. */
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {Connection} from './connection.ts'

/** A standby as its primary sees it. */
export interface Follower {
  readonly name: string
  readonly streaming: boolean
  /** How far it has kept what it was sent, bytes of the log. */
  readonly kept: number
}

export interface Report {
  readonly standby: boolean
  /** Refuses clients that want to write. */
  readonly closed: boolean
  readonly timeline: number
  /** How far its state is that of the log, bytes. */
  readonly applied: number
  /** How far it has the log, bytes. */
  readonly kept: number
  /** Standby: whether it receives the log right now. */
  readonly streaming: boolean
  /** Standby: the port of its primary, as it was told. */
  readonly source: number | null
  /** Primary: who receives the log from it. */
  readonly followers: readonly Follower[]
}

const QUESTION = `
SELECT s.standby,
  current_setting('default_transaction_read_only') = 'on' AS closed,
  CASE WHEN s.standby THEN coalesce(w.received_tli, 0)
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,
  (CASE WHEN s.standby THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_flush_lsn() END
    - '0/0'::pg_lsn)::float8 AS applied,
  (CASE WHEN s.standby THEN coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')
    ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::float8 AS kept,
  coalesce(w.status = 'streaming', false) AS streaming,
  substring(current_setting('primary_conninfo') from 'port=([0-9]+)')::int AS source,
  (SELECT coalesce(json_agg(json_build_object('name', application_name, 'streaming', state = 'streaming',
    'kept', coalesce(flush_lsn - '0/0'::pg_lsn, 0)::float8)), '[]') FROM pg_stat_replication) AS followers
FROM (SELECT pg_is_in_recovery() AS standby) s LEFT JOIN pg_stat_wal_receiver w ON true`

/** Every server, each on a connection that is opened when it is needed and thrown away when it fails. */
export class Servers {
  readonly #address: (node: NodeId) => Endpoint
  readonly #connections = new Map<NodeId, Connection>()

  constructor(address: (node: NodeId) => Endpoint) {
    this.#address = address
  }

  /** Undefined where there is no answer in time, or the server lets nobody in. */
  async report(node: NodeId, limitMs: number): Promise<Report | undefined> {
    const [row] = await this.ask(node, QUESTION, limitMs).catch(() => [])
    return row as Report | undefined
  }

  async ask(node: NodeId, text: string, limitMs: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const signal = AbortSignal.timeout(limitMs)
    const known = this.#connections.get(node)
    this.#connections.delete(node)
    const connection = known === undefined || known.broken ? await Connection.open(this.#address(node), limitMs) : known
    try {
      return await connection.query(text, [], signal)
    } finally {
      // Another question may have been asked meanwhile, on a connection of its own.
      if (connection.broken || this.#connections.has(node)) connection.close()
      else this.#connections.set(node, connection)
    }
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }
}
