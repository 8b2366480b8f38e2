/**
 * MariaDB with Galera as `hosts/program` wants it: nodes tell each other one address for each, so their calls of connect()
 * are turned to their links. A node that was killed first asks its own files how far it had come (`--wsrep-recover`), as the
 * script that comes with it does; otherwise it would be sent everything again.
 */
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {Command} from '../../core/place.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {type Confinement, confinementOf} from '../../hosts/local/confinement.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {GaleraClient, MAKE_TABLE} from './client.ts'
import {Connection} from './connection.ts'
import {galeraStatus, resetQuorum} from './quorum.ts'
import {type Settings, settingsOf} from './settings.ts'

export const linkWays: LinkWays = {
  preload: true,
  hosts: 'its nodes tell each other the addresses that they listen on, not names',
  config: 'its nodes tell each other one address for each',
}

export const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera/libgalera_smm.so']
const USER = 'mysql'
/** How long making the first data directory may take, ms. */
const INIT_LIMIT_MS = 120_000
const RECOVER_LIMIT_MS = 30_000
const FORM_MS = 10_000
/** The versions that were tried. */
const TRIED = '10.11 with Galera 26.4'

export function galeraProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  let confinement: Confinement = []
  let template: Promise<string> | undefined
  /** Where a node that starts again stands, by its own files. */
  const positions = new Map<NodeId, string>()
  /** Who begins a cluster the next time that it starts: once the first node, later whoever an operator would choose. */
  const founders = new Set(options.nodes.slice(0, 1))
  const confined = (words: readonly string[], cwd: string): Command => {
    const [command = '', ...args] = [...confinement, ...words]
    return {command, args, cwd}
  }

  async function makeTemplate({place, directory}: StartContext): Promise<string> {
    confinement = await confinementOf(place, USER, directory)
    const path = join(directory, 'template')
    const words = ['mariadb-install-db', '--no-defaults', `--datadir=${path}`]
    const more = ['--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=8M']
    const {exitCode, stdout, stderr} = await place.execute(confined([...words, ...more], directory), INIT_LIMIT_MS)
    if (exitCode !== 0) {
      throw new EnvironmentError(`The data directories of MariaDB cannot be made in ${directory}.`, [
        ...`${stdout}\n${stderr}`.trim().split('\n').slice(-6),
      ])
    }
    return path
  }

  async function recoveredPosition(surroundings: Surroundings, {place}: StartContext): Promise<string | undefined> {
    const log = join(surroundings.directory, 'recovery.log')
    rmSync(log, {force: true})
    // With all of its settings: without the cluster's address it refuses to say anything ("rsync SST method requires
    // wsrep_cluster_address", 10.11.19).
    const words = [...serverWords(surroundings, settings), ...galeraWords(surroundings)]
    const command = confined([...words, '--wsrep-recover', `--log-error=${log}`], surroundings.directory)
    await place.execute(command, RECOVER_LIMIT_MS)
    const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
    return /Recovered position: ?([0-9a-f-]+:-?\d+)/.exec(text)?.[1]
  }

  return {
    name: 'mariadb-galera',
    linkWays,
    harmsDisks: true,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free()},
        group: {by: 'peers', upstream: await free()},
        ist: {by: 'peers', upstream: await free()},
        sst: {by: 'peers', upstream: await free()},
      })),
    async prepare(surroundings, context) {
      if (!surroundings.first) {
        const position = await recoveredPosition(surroundings, context)
        if (position !== undefined) positions.set(surroundings.node, position)
        return
      }
      template ??= makeTemplate(context)
      const words = ['cp', '-a', await template, join(surroundings.directory, 'data')]
      const {exitCode, stderr} = await context.place.execute(confined(words, context.directory), INIT_LIMIT_MS)
      if (exitCode !== 0) throw unwritable(surroundings, stderr)
    },
    command(surroundings) {
      const {node, directory} = surroundings
      const position = positions.get(node)
      const start = position === undefined ? [] : [`--wsrep-start-position=${position}`]
      // Once: a founder that is started again joins what it has founded, even where its position could not be told.
      if (founders.delete(node)) {
        start.push('--wsrep-new-cluster')
        if (!surroundings.first) allowToBegin(join(directory, 'data', 'grastate.dat'))
      }
      return confined([...serverWords(surroundings, settings), ...galeraWords(surroundings), ...start], directory)
    },
    async status(node, services, limitMs) {
      return statusOf(await galeraStatus(upstream(services, node, 'client'), limitMs), options.nodes.length)
    },
    async form({services, nodes}) {
      const connection = await Connection.open(upstream(services, nodes[0] as NodeId, 'client'), FORM_MS)
      try {
        for (const text of MAKE_TABLE) await connection.query(text, [], AbortSignal.timeout(FORM_MS))
      } catch (error) {
        throw new EnvironmentError(`MariaDB makes no table: ${messageOf(error)}.`)
      } finally {
        connection.close()
      }
    },
    repair: (cluster) =>
      resetQuorum(cluster, {
        positions,
        async begin(node) {
          // The others would go on looking for the one that it was before (10.11.19): all start again, it first.
          await Promise.all(cluster.nodes.map((each) => cluster.process.kill(each)))
          founders.add(node)
          await cluster.process.restart(node)
          const others = cluster.nodes.filter((each) => each !== node)
          await Promise.all(others.map((each) => cluster.process.restart(each)))
        },
      }),
    async openClient(node, _process, {links, context}) {
      const address = links.address('clients', node, 'client')
      const client = new GaleraClient(address, settings, options.args['workload'], context.operationTimeoutMs / 2)
      await client.toRead()
      return client
    },
  }
}

/** Galera begins no cluster with a node of which it does not know that it was the last to leave: its operator has to say so. */
function allowToBegin(file: string): void {
  if (!existsSync(file)) return
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^safe_to_bootstrap: 0$/m, 'safe_to_bootstrap: 1'))
}

function unwritable({node, directory}: Surroundings, said: string): EnvironmentError {
  const hints = said.trim().split('\n').slice(-3)
  return new EnvironmentError(`Node ${node} of MariaDB cannot keep its data in ${directory}.`, hints)
}

function statusOf(values: ReadonlyMap<unknown, string>, nodes: number): Message {
  const primary = values.get('wsrep_cluster_status') === 'Primary'
  return {
    type: 'status',
    role: primary ? 'member' : 'outside',
    ready: primary && values.get('wsrep_ready') === 'ON' && Number(values.get('wsrep_cluster_size')) === nodes,
    lastApplied: Number(values.get('wsrep_last_committed') ?? 0),
  }
}

async function version({place}: StartContext): Promise<string> {
  const command = findProgram('mariadbd') ?? 'mariadbd'
  const {exitCode, stdout, stderr} = await place.execute({command, args: ['--version']}, 10_000)
  const found = /Ver (\d+\.\d+)(\.\d+)?/.exec(stdout)
  if (exitCode !== 0 || found === null) throw new EnvironmentError('mariadbd does not say its version.', [stderr])
  const [major = 0, minor = 0] = (found[1] as string).split('.').map(Number)
  if (major < 10 || (major === 10 && minor < 4)) {
    throw new EnvironmentError(`MariaDB ${found[1]}${found[2] ?? ''} is too old: it has no Galera 4.`, [
      `Tried: ${TRIED}`,
    ])
  }
  const tried = TRIED.startsWith(found[1] as string) ? '' : ` (tried: ${TRIED})`
  return `mariadb ${found[1]}${found[2] ?? ''} with galera${tried}`
}

function serverWords({node, directory, services}: Surroundings, {flushAlways}: Settings): string[] {
  return [
    findProgram('mariadbd') ?? 'mariadbd',
    '--no-defaults',
    `--datadir=${join(directory, 'data')}`,
    '--bind-address=127.0.0.1',
    `--port=${upstream(services, node, 'client').port}`,
    // A path may be longer than a socket's name can be.
    '--socket=server.sock',
    '--pid-file=server.pid',
    '--skip-name-resolve',
    '--binlog-format=ROW',
    '--default-storage-engine=InnoDB',
    '--innodb-autoinc-lock-mode=2',
    '--innodb-buffer-pool-size=32M',
    // Handed to the system at each commit and synced once a second: with 0 a program that is killed forgets what it had
    // acknowledged within that second (12 of 23 transactions were left, 10.11.19), and with it a cluster killed as a whole.
    `--innodb-flush-log-at-trx-commit=${flushAlways ? 1 : 2}`,
    '--innodb-lock-wait-timeout=2',
    `--wsrep-provider=${PROVIDERS.find(existsSync)}`,
    '--wsrep-on=ON',
  ]
}

function galeraWords({node, nodes, services}: Surroundings): string[] {
  const at = (to: NodeId, service: string) => {
    const {host, port} = upstream(services, to, service)
    return `${host}:${port}`
  }
  const provider = {
    'gmcast.listen_addr': `tcp://${at(node, 'group')}`,
    'ist.recv_addr': at(node, 'ist'),
    'ist.recv_bind': at(node, 'ist'),
    'gcache.size': '16M',
    // A node that starts in a minority waits instead of giving up after 30 s.
    'pc.wait_prim': 'no',
  }
  return [
    '--wsrep-cluster-name=chaos',
    `--wsrep-cluster-address=gcomm://${nodes.map((each) => at(each, 'group')).join(',')}`,
    `--wsrep-node-name=${node}`,
    `--wsrep-node-address=${at(node, 'group')}`,
    `--wsrep-node-incoming-address=${at(node, 'client')}`,
    '--wsrep-sst-method=rsync',
    `--wsrep-sst-receive-address=${at(node, 'sst')}`,
    `--wsrep-provider-options=${Object.entries(provider)
      .map(([name, value]) => `${name}=${value}`)
      .join(';')}`,
  ]
}
