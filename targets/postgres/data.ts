/**
 * The data directories of the nodes, and what is in their configuration files. The first is made once and copied: a server
 * that was never started is as good a start for a standby as a backup of a running one, and quicker.
 */
import {existsSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Place} from '../../core/place.ts'
import type {Confinement} from '../../hosts/local/confinement.ts'
import {programs} from './installation.ts'
import type {Settings} from './settings.ts'

/** How long making the first data directory may take, ms. */
const INIT_LIMIT_MS = 60_000
/** How long a backup of this small database may take, ms. */
const BACKUP_LIMIT_MS = 15_000

/** What a node is told of its place; changed without a restart where it runs. */
export interface Role {
  readonly node: NodeId
  /** Whom it follows; undefined: nobody. */
  readonly follows: Endpoint | undefined
  /** The standby that commits wait for; undefined: none. */
  readonly waitsFor: NodeId | undefined
  /** Whether it refuses clients that want to write. */
  readonly closed: boolean
}

/** How a node begins. `waiting`: a standby that follows nobody and answers nothing, until it is made anew. */
export type Beginning = 'primary' | 'standby' | 'waiting'

export class DataDirectories {
  readonly #place: Place
  readonly #confinement: Confinement
  readonly #directory: string
  readonly #settings: Settings

  constructor(place: Place, confinement: Confinement, directory: string, settings: Settings) {
    this.#place = place
    this.#confinement = confinement
    this.#directory = directory
    this.#settings = settings
  }

  of(node: NodeId): string {
    return join(this.#directory, node, 'data')
  }

  /** A command of PostgreSQL as it has to be run here. */
  command(program: string, args: readonly string[]): Command {
    return this.#confined([join(programs() ?? '', program), ...args])
  }

  #confined(words: readonly string[]): Command {
    const [command = '', ...args] = [...this.#confinement, ...words]
    return {command, args, cwd: this.#directory, env: {LC_ALL: 'C.UTF-8'}}
  }

  /** Makes all of them. */
  async create(nodes: readonly NodeId[]): Promise<void> {
    const template = join(this.#directory, 'template')
    const args = [
      '-D',
      template,
      '-U',
      'postgres',
      '-A',
      'trust',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C',
      '--wal-segsize=4',
    ]
    await this.#execute(this.command('initdb', args), INIT_LIMIT_MS)
    writeFileSync(join(template, 'postgresql.conf'), this.#base())
    writeFileSync(join(template, 'pg_hba.conf'), HBA)
    // Copying is what takes longest here: the last one needs none.
    const [last = '', ...others] = nodes.toReversed()
    const copies = others.map((node) =>
      this.#execute(this.#confined(['cp', '-a', template, this.of(node)]), INIT_LIMIT_MS),
    )
    for (const outcome of await Promise.allSettled(copies)) if (outcome.status === 'rejected') throw outcome.reason
    try {
      renameSync(template, this.of(last))
    } catch (error) {
      // A node with a volume of its own is on another file system.
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      await this.#execute(this.#confined(['cp', '-a', template, this.of(last)]), INIT_LIMIT_MS)
      rmSync(template, {recursive: true, force: true})
    }
  }

  /** Throws away what a node has and copies that of another. A text, and nothing changed, where that fails: why. */
  async rebuild(node: NodeId, from: Endpoint): Promise<string | undefined> {
    const fresh = `${this.of(node)}.fresh`
    rmSync(fresh, {recursive: true, force: true})
    // On a busy machine a backup may stand still for longer than a standby may be silent.
    const options = "options='-c wal_sender_timeout=10s'"
    const server = `host=${from.host} port=${from.port} user=postgres connect_timeout=3 ${options}`
    // The log comes last over the same connection: a second one for it takes a third longer, and is one more to be cut.
    const args = ['-D', fresh, '-d', server, '-X', 'fetch', '--checkpoint=fast', '--no-sync', '--verbose']
    const backup = this.command('pg_basebackup', args)
    const {exitCode, stderr} = await this.#place.execute(backup, BACKUP_LIMIT_MS)
    if (exitCode !== 0) {
      rmSync(fresh, {recursive: true, force: true})
      const lines = stderr.trim().split('\n')
      return lines.find((line) => line.includes('error:')) ?? `${lines.at(-1)} (exit code ${exitCode})`
    }
    rmSync(this.of(node), {recursive: true, force: true})
    renameSync(fresh, this.of(node))
    return undefined
  }

  wasPrimary(node: NodeId): boolean {
    return !existsSync(join(this.of(node), 'standby.signal'))
  }

  begin(node: NodeId, beginning: Beginning): void {
    const signal = join(this.of(node), 'standby.signal')
    if (beginning === 'primary') rmSync(signal, {force: true})
    else writeFileSync(signal, '')
    // A standby that once followed another timeline than the present one would refuse to start.
    const waiting = beginning === 'waiting' ? "hot_standby = off\nrecovery_target_timeline = 'current'\n" : ''
    writeFileSync(join(this.of(node), 'beginning.conf'), waiting)
  }

  /** Takes effect at the next start, or when the server is told to read its files again. */
  write({node, follows, waitsFor, closed}: Role): void {
    const conninfo =
      follows === undefined
        ? ''
        : `host=${follows.host} port=${follows.port} user=postgres application_name=${node} connect_timeout=2`
    const lines = [
      `primary_conninfo = '${conninfo}'`,
      `synchronous_standby_names = '${waitsFor === undefined ? '' : `"${waitsFor}"`}'`,
      `default_transaction_read_only = ${closed ? 'on' : 'off'}`,
    ]
    writeFileSync(join(this.of(node), 'role.conf'), `${lines.join('\n')}\n`)
  }

  async #execute(command: Command, limitMs: number): Promise<void> {
    const {exitCode, stdout, stderr} = await this.#place.execute(command, limitMs)
    if (exitCode === 0) return
    const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-6)
    throw new EnvironmentError(`The data directories of PostgreSQL cannot be made in ${this.#directory}.`, words)
  }

  #base(): string {
    const {synchronousCommit, fsync} = this.#settings
    return `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
max_wal_senders = 10
max_connections = 200
wal_keep_size = 512MB
hot_standby = on
wal_sender_timeout = 2s
wal_receiver_timeout = 2s
wal_retrieve_retry_interval = 200ms
wal_receiver_status_interval = 1s
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
# A table of a few rows would be read as a whole, and whoever writes to it be in conflict with everybody.
enable_seqscan = off
enable_bitmapscan = off
synchronous_commit = ${synchronousCommit}
fsync = ${fsync}
include_if_exists = 'beginning.conf'
include_if_exists = 'role.conf'
`
  }
}

const HBA = `
host all all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
`
