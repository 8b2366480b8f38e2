/**
 * A ZooKeeper ensemble as `hosts/program` wants it: the server's main class run by Java itself, without the scripts of the
 * package. Two ports among peers: one for the quorum, one for elections.
 */
import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sleep} from '../../core/clock.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {LinkWays} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {Command} from '../../core/place.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {java, smallJvm} from '../../hosts/local/jvm.ts'
import type {ProgramCluster, ProgramTarget, Surroundings} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {exchange} from '../../net/exchange.ts'
import {openClient} from './client.ts'
import {Session} from './session.ts'

/** Where Debian has it; it brings its own class path. */
export const JAR = '/usr/share/java/zookeeper.jar'
/** Without one, what goes wrong would be said nowhere. */
const LOGGER = '/usr/share/java/slf4j-simple.jar'

export const linkWays: LinkWays = {
  hosts: true,
  preload: true,
  config: 'servers that are told other addresses of their peers need several seconds more for every election',
}

/** The unit of its times, ms: sessions last between two and twenty, followers may be behind by four. */
const TICK_MS = 500
/** How long a session is tried for after everything healed, a tenth of a second apart. */
const SESSION_TRIES = 100
/** How often a node that does not serve is looked at, a tenth of a second apart, before it is started again. */
const STUCK_LOOKS = 80
/** The versions that were tried. */
const TRIED = '3.8'

export function zookeeperProgram(options: TargetOptions): ProgramTarget {
  return {
    name: 'zookeeper',
    linkWays,
    harmsDisks: true,
    clientPort: 2181,
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free()},
        quorum: {by: 'peers', upstream: await free()},
        election: {by: 'peers', upstream: await free()},
      })),
    async prepare(surroundings) {
      const {directory, node, nodes} = surroundings
      writeFileSync(join(directory, 'myid'), String(nodes.indexOf(node) + 1))
      writeFileSync(join(directory, 'zoo.cfg'), configuration(surroundings))
    },
    command: commandLine,
    async status(node, services, limitMs) {
      const answer = await exchange({...upstream(services, node, 'client')}, 'srvr', limitMs, () => false)
      return answer === undefined ? undefined : statusOf(answer)
    },
    openClient(node, _process, {links, context}) {
      const {clock, operationTimeoutMs} = context
      const address = links.address('clients', node, 'client')
      return openClient(options, {address, clock, limitMs: operationTimeoutMs / 2}, context.place.resident?.run)
    },
    async repair(cluster) {
      if (cluster.context.faults?.includes('disk') ?? true) await restartStuck(cluster)
      await openSession(cluster)
    },
  }
}

/**
 * A server that found no room to write ("Severe unrecoverable error") may go on as a process that never serves again, whatever
 * room there is later: an operator, or what supervises it, starts it again.
 */
async function restartStuck({nodes, observe, process, context}: ProgramCluster): Promise<void> {
  const isStuck = async (node: NodeId) => (await observe.status(node))?.['ready'] === false
  for (const node of nodes) {
    for (let looks = 0; (await isStuck(node)) && !context.signal.aborted; looks++) {
      if (looks === STUCK_LOOKS) {
        context.warn(`Node ${node} lives and does not serve: it is started again, as an operator would.`)
        await process.kill(node)
        await process.restart(node)
        break
      }
      await sleep(context.clock, 100)
    }
  }
}

/**
 * Opens a session, which is a transaction. After an election the leader counts from its new epoch on, and followers do so with
 * the first transaction: only then can it be seen that they have caught up.
 */
async function openSession({nodes, services, context}: ProgramCluster): Promise<void> {
  for (let tries = 0; tries < SESSION_TRIES && !context.signal.aborted; tries++) {
    const address = upstream(services, nodes[tries % nodes.length] as NodeId, 'client')
    const session = await Session.open(address, {lastZxid: 0n, limitMs: 1000}).catch(() => undefined)
    if (session !== undefined) return session.close()
    await sleep(context.clock, 100)
  }
}

async function version({place}: StartContext): Promise<string> {
  const main = 'org.apache.zookeeper.version.VersionInfoMain'
  const args = ['-cp', classPath(), main]
  const {exitCode, stdout, stderr} = await place.execute({command: java(), args}, 20_000)
  const found = /version (\d[\d.]*)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined) throw new EnvironmentError('ZooKeeper does not say its version.', [stderr])
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 3 || (major === 3 && minor < 6)) {
    throw new EnvironmentError(`ZooKeeper ${found} is too old.`, [`Tried: ${TRIED}`])
  }
  return `zookeeper ${found}`
}

function configuration({nodes, directory, services, node, address}: Surroundings): string {
  const servers = nodes.map((peer, i) => {
    const {host, port} = address(peer, 'quorum')
    return `server.${i + 1}=${host}:${port}:${address(peer, 'election').port}`
  })
  return `${[
    `tickTime=${TICK_MS}`,
    'initLimit=10',
    'syncLimit=4',
    `dataDir=${directory}`,
    `clientPort=${upstream(services, node, 'client').port}`,
    'clientPortAddress=127.0.0.1',
    'admin.enableServer=false',
    '4lw.commands.whitelist=srvr',
    'maxClientCnxns=0',
    ...servers,
  ].join('\n')}\n`
}

function commandLine({directory}: Surroundings): Command {
  return {
    command: java(),
    args: [
      ...smallJvm(128, directory),
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-cp',
      classPath(),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(directory, 'zoo.cfg'),
    ],
    cwd: directory,
  }
}

function statusOf(answer: string): Message {
  const mode = /Mode: (\w+)/.exec(answer)?.[1]
  if (mode === undefined) return {type: 'status', role: 'candidate', ready: false}
  const zxid = BigInt(/Zxid: (0x[0-9a-f]+)/.exec(answer)?.[1] ?? '0')
  return {
    type: 'status',
    role: mode === 'leader' ? 'leader' : 'follower',
    term: Number(zxid >> 32n),
    ready: true,
    lastApplied: Number(zxid),
  }
}

const classPath = (): string => [JAR, ...(existsSync(LOGGER) ? [LOGGER] : [])].join(':')
