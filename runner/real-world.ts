/** The real world: processes on this machine behind proxies, connections of real clients, wall time. */
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {EnvironmentError} from '../core/error.ts'
import {type Reach, reachOf, wider} from '../core/nemesis.ts'
import type {Place} from '../core/place.ts'
import {inContainers} from '../hosts/containers/index.ts'
import {openContainers} from '../hosts/containers/open.ts'
import {proxiedLinks} from '../hosts/links/proxied.ts'
import {type LocalPlaceOptions, localPlace} from '../hosts/local/place.ts'
import {inNamespaces, openNamespaces} from '../hosts/netns/index.ts'
import {openMachines, overSsh, type SshRoom} from '../hosts/ssh/index.ts'
import {driveReal} from './drive-real.ts'
import type {RunOptions} from './options.ts'
import type {StageContext, World} from './stage.ts'
import {startWarden} from './warden.ts'
import {Workers} from './workers.ts'

/** What the world is made of, where it is not this machine and its proxies. */
export interface RealWorldOptions {
  readonly place?: (options: LocalPlaceOptions) => Place
}

export function realWorld({place = localPlace}: RealWorldOptions = {}): World {
  const clock = wallClock()
  return {
    simulated: false,
    clock,
    driver: {drive: (drive) => driveReal({clock, ...drive}), during: (promise) => promise},
    capabilities(target, options, links) {
      const here = target.capabilities(options)
      if (links === 'netns') return inNamespaces(here)
      if (links === 'ssh') return overSsh(here, target.protocol !== undefined)
      return links === 'compose' || links === 'kubernetes' ? inContainers(here, links) : here
    },
    async open({options, targetOptions, directory, random, scope, halt, exited, warn, signal}: StageContext) {
      const {target, seed, toxiproxy, operationTimeoutMs} = options
      const warden = startWarden()
      scope.defer('the warden', () => warden.dismiss())
      // In this order: were we killed between the two, the folder would stay.
      warden.removeLater(directory.disks)
      mkdirSync(directory.disks)
      const guard = (pid: number) => warden.guard(pid)
      let serving: Cluster | undefined
      const onUnexpectedExit = (node: string, reason: string, log: readonly string[]) => {
        const how = room.explain?.(node, reason) ?? reason
        const lived = serving?.nodeEnded?.(node)
        if (lived === undefined) halt(nodeEnded(node, how, log))
        else exited({node, how, log, ...lived})
      }
      const local = place({logDirectory: directory.logs, guard, onUnexpectedExit})
      const logFile = join(directory.logs, 'toxiproxy.log')
      const onUnexpectedEnd = (how: string, lines: readonly string[]) => halt(proxiesEnded(how, lines, logFile))
      const proxies = {seed, logFile, register: guard, onUnexpectedEnd}
      const reach = reachFor(options)
      const connect = proxiedLinks(toxiproxy, proxies, reach)
      let room: Pick<SshRoom, 'place' | 'connect'> & Partial<SshRoom> = {place: local, connect}
      if (options.links === 'netns') {
        const opening = openNamespaces(targetOptions.nodes, local, proxies)
        scope.defer('the namespaces', async () => (await opening.catch(() => undefined))?.close())
        room = await opening
      }
      if (options.machines.length > 0) {
        const {machines, sshConfig: config} = options
        const removeLater = (path: string) => warden.removeLater(path)
        const ssh = {machines, local, connect, guard, removeLater, ...(config === undefined ? {} : {config})}
        const opening = openMachines(targetOptions.nodes, ssh)
        scope.defer('the machines', async () => (await opening.catch(() => undefined))?.close())
        room = await opening
      }
      if (options.containers !== undefined) {
        const faults = options.nemeses.map(({name}) => name)
        const opening = openContainers(targetOptions.nodes, options.containers, {local, connect, faults})
        scope.defer('the containers', async () => (await opening.catch(() => undefined))?.close())
        room = await opening
      }
      const starting = target.start({
        options: targetOptions,
        random,
        clock,
        seed,
        directory: room.directory ?? directory.disks,
        logDirectory: directory.logs,
        eventDirectory: directory.events,
        place: room.place,
        connect: room.connect,
        linkWay: reach === 'none' ? 'direct' : options.links,
        operationTimeoutMs,
        faults: options.nemeses.map(({name}) => name),
        onEvent: () => {},
        halt,
        warn,
        signal,
      })
      scope.defer('the cluster', async () => (await starting.catch(() => undefined))?.stop())
      const cluster = await starting
      serving = cluster
      const clients = new Workers(cluster, clock, operationTimeoutMs)
      scope.defer('client connections', () => clients.close())
      return {cluster, clients}
    },
  }
}

/**
 * Which links get proxies. All of them where somebody asked for a server or for a way of links, or where they are not of this
 * machine. Between bundled nodes they always have some: such a node listens elsewhere once it was started again.
 */
function reachFor({target, nemeses, toxiproxy, links}: RunOptions): Reach {
  if (toxiproxy !== 'embedded' || links !== 'auto') return 'all'
  return wider(reachOf(nemeses), target.protocol === undefined ? 'none' : 'peers')
}

function nodeEnded(node: string, reason: string, lines: readonly string[]): EnvironmentError {
  return new EnvironmentError(`Node ${node} ${reason}, and nobody had asked it to.`, [
    ...(lines.length === 0 ? ['Its log is empty.'] : ['The end of its log:', ...lines.map((line) => `  ${line}`)]),
  ])
}

/** Without its proxies the cluster is cut to pieces: whatever is seen of it from then on is our doing. */
function proxiesEnded(how: string, lines: readonly string[], logFile: string): EnvironmentError {
  return new EnvironmentError(`The Toxiproxy server of this run ended, and with it every link: ${how}`, [
    ...lines.map((line) => `  ${line}`),
    `More may be in ${logFile}.`,
  ])
}
