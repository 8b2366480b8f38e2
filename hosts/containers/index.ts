/**
 * Clusters in containers: those of a Compose file (`--compose`), or pods that are there already (`--kubernetes`). The programs
 * are started by their own definitions, as in production; chaos brings clients, faults and judgement.
 *
 * No container engine runs in the tests of this package: they run the command lines against stand-ins that start real processes
 * in real namespaces.
 */
import {type Capabilities, noDiskFaults} from '../../core/capabilities.ts'
import {calendarDate} from '../../core/clock.ts'
import type {Connect, Links, Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place} from '../../core/place.ts'
import type {Engine, Run} from './engine.ts'
import {ContainerLinks} from './network.ts'
import {ContainerProgram} from './program.ts'

export type EngineName = 'compose' | 'kubernetes'

const NO_PROXIES = 'there are no proxies between containers, and kernels without netem cannot delay packets'
const OWN_CLOCK = 'a container has the clock of its machine'

/** What can be done to a target in containers. */
export function inContainers(capabilities: Capabilities, engine: EngineName): Capabilities {
  const root = process.platform === 'linux' && process.getuid?.() === 0
  const packets = engine === 'kubernetes' || root ? true : 'rules in the networks of containers need root on Linux'
  return {
    ...capabilities,
    ...noDiskFaults('its disk belongs to the container engine'),
    'process.kill': true,
    'process.pause': engine === 'compose' ? true : 'Kubernetes cannot freeze a pod',
    'network.black-hole': packets,
    'network.refuse': packets,
    'network.one-way': packets,
    'network.loss': packets,
    'network.latency': NO_PROXIES,
    'network.bandwidth': NO_PROXIES,
    'network.slice': NO_PROXIES,
    'network.reset': NO_PROXIES,
    'network.flaky': NO_PROXIES,
    'network.duplicate': 'TCP drops packets that it has already',
    'network.reorder': 'TCP puts packets in order again',
    'clock.skew': OWN_CLOCK,
    'clock.drift': OWN_CLOCK,
    membership: 'members in containers are not removed or added',
  }
}

export interface ContainerOptions {
  readonly engine: Engine
  readonly run: Run
  readonly local: Place
  /** Makes the proxies of clients. */
  readonly connect: Connect
  /** Whether links between nodes are to be cut or spoilt. */
  readonly packets: boolean
}

export interface ContainerRoom {
  readonly place: Place
  readonly connect: Connect
}

export function containerRoom(options: ContainerOptions): ContainerRoom {
  const {engine, run, local, connect, packets} = options
  const ports = new Map<NodeId, number>()
  let links: ContainerLinks | undefined
  const place: Place = {
    ...local,
    program: (node) => new ContainerProgram(engine, node, local.program(node)),
    resident: {
      run: `${calendarDate().getTime().toString(36)}-${process.pid}`,
      async services(nodes, usual) {
        for (const node of nodes) ports.set(node, engine.port(node, usual))
        const found = nodes.map(async (node): Promise<[NodeId, Services[string]]> => {
          const upstream = await engine.reach(node, ports.get(node) as number)
          return [node, {client: {by: 'clients', upstream}}]
        })
        return Object.fromEntries(await Promise.all(found))
      },
      async started(node) {
        await untilRunning(engine, node)
        const endpoint = await engine.reach(node, ports.get(node) as number)
        if (packets) await links?.started(node)
        return endpoint
      },
    },
  }
  return {
    place,
    async connect(nodes, services, signal): Promise<Links> {
      const clients = await connect(nodes, services, signal)
      links = new ContainerLinks({engine, run, clients, port: (node) => ports.get(node) as number})
      return links
    },
  }
}

/** Between two looks at a container that is starting, ms, and how many there are. */
const LOOK_MS = 50
const LOOKS = 1200

async function untilRunning(engine: Engine, node: NodeId): Promise<void> {
  for (let looks = 0; looks < LOOKS && (await engine.look(node)).state === 'dead'; looks++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
