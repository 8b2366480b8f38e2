/** Every host keeps the contract of clusters, whatever runs on it; and a host that only says that it obeys is caught. */
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import type {Target} from '../../core/target.ts'
import {during} from '../../runner/drive-virtual.ts'
import {type Contract, clusterContract, type OpenedCluster} from '../../runner/testing/index.ts'
import {SimCluster, simulatedCapabilities} from '../../sim/cluster.ts'
import {World} from '../../sim/world.ts'
import {PROGRAMS, TARGETS} from '../../targets/index.ts'
import {clock, type Surroundings, startTarget} from '../clusters/started.ts'
import {foreignStore} from '../fixtures/foreign-store.ts'
import {sabotage} from '../fixtures/sabotaged-place.ts'
import {processesOf, Workplace} from './cli.ts'

const NODE_OF_MAELSTROM = fileURLToPath(new URL('../fixtures/maelstrom-node.mjs', import.meta.url))
const NODES = ['n1', 'n2', 'n3']
const place = new Workplace()
afterAll(() => {
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})

async function simulated(): Promise<OpenedCluster> {
  const world = new World()
  const {protocol, functions} = TARGETS['raft'] as Target & Required<Pick<Target, 'protocol'>>
  const cluster = new SimCluster(world, {protocol, nodes: NODES, random: createRandom('contract'), functions})
  world.runUntil(10_000 * 1e6, () => cluster.isReady())
  return {
    cluster,
    capabilities: simulatedCapabilities(protocol, {nodes: NODES, bugs: [], args: {}}),
    clock: world,
    during: (promise) => during(world, promise),
  }
}

/** A target's cluster of three on this machine, and what the target says can be done to it. */
async function started(
  target: Target,
  args: Readonly<Record<string, string>> = {},
  surroundings: Surroundings = {},
): Promise<OpenedCluster> {
  const capabilities = target.capabilities({nodes: NODES, bugs: [], args})
  const directory = place.file(`${target.name}-${count++}`)
  return {cluster: await startTarget(target, directory, args, surroundings), capabilities, clock}
}
let count = 0

const HOSTS: Readonly<Record<string, () => Promise<OpenedCluster>>> = {
  'the simulator': simulated,
  'subprocesses behind proxies': () => started(TARGETS['raft'] as Target),
  'a foreign program that answers a probe': () => started(foreignStore({probe: true})),
  'a foreign program of which nothing is known': () => started(foreignStore({probe: false})),
  'nodes of Maelstrom': () =>
    started(PROGRAMS['maelstrom'] as Target, {workload: 'maelstrom-broadcast', bin: NODE_OF_MAELSTROM}),
}

for (const [host, open] of Object.entries(HOSTS)) {
  describe(host, () => {
    for (const {name, check} of clusterContract(open)) test(name, check)
  })
}

/** The names of the checks that fail. */
async function broken(contract: Contract): Promise<string[]> {
  const names: string[] = []
  for (const {name, check} of contract) await Promise.resolve(check()).catch(() => names.push(name))
  return names
}

test('a host that only says that it obeys is caught at each thing that it does not do', async () => {
  const {place: deaf, end} = sabotage()
  const contract = clusterContract(async () => {
    const opened = await started(TARGETS['raft'] as Target, {}, {place: deaf})
    const stop = opened.cluster.stop.bind(opened.cluster)
    const obeyed = async () => {
      end()
      await stop()
    }
    return {...opened, cluster: Object.assign(opened.cluster, {stop: obeyed})}
  })
  expect(await broken(contract)).toEqual([
    'ends a node and starts it again; twice is once',
    'freezes a node and lets it go on; twice is once',
    'ends a node that is frozen',
    'moves a clock and puts it right',
    'fills a disk and makes room again',
  ])
})
