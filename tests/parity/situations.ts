/**
 * What a cluster is put through, one situation after the other, and what its clients see of each: two clients at the node
 * that is struck (the leader, where there is one) and two at another, of which one looks and one changes something.
 */
import type {Outcome} from '../../core/client.ts'
import {sleep} from '../../core/clock.ts'
import type {Cluster, ProcessControl} from '../../core/cluster.ts'
import {allLinks, type CutMode, type Link, type NetworkControl, type Shape} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {untilSettled} from '../../core/settling.ts'
import {leaderOf, statusesOf, unready} from '../../core/status.ts'
import {probes, spoken} from './operations.ts'
import type {Trial} from './trial.ts'

/** What was seen, by where: `leader killed: a change elsewhere` and `ok`. */
export type Seen = Record<string, string>

interface Scene {
  readonly trial: Trial
  readonly network: NetworkControl
  readonly process: Required<ProcessControl>
  readonly struck: NodeId
  readonly elsewhere: NodeId
}

/** What is done before the clients ask; `meanwhile` while they wait for their answers. */
export interface Situation {
  readonly name: string
  /** Left to the slow suite: it shows what another shows as well, and takes as long. */
  readonly slow?: boolean
  before?(scene: Scene): Promise<void>
  meanwhile?(scene: Scene): Promise<void>
}

const CAUSE = 'parity'
/** How long after the question something happens to a connection, ms. */
const ASKED_MS = 100
/** How long it takes until every node knows what one was told, ms: gossip is the slowest, and a queue hands out again after 500. */
const SPREAD_MS = 300

const toStruck = ({struck}: Scene): Link[] => [{from: 'clients', to: struck}]
const fromStruck = ({struck}: Scene): Link[] => [{from: struck, to: 'clients'}]
const peersOf = ({struck, trial}: Scene) =>
  allLinks(trial.cluster.nodes).filter(({from, to}) => from === struck || to === struck)

const cut = (name: string, links: (scene: Scene) => Link[], mode: CutMode, slow = false): Situation => ({
  name,
  slow,
  before: (scene) => scene.network.cut(CAUSE, links(scene), mode),
})

const shaped = (name: string, links: (scene: Scene) => Link[], shape: Shape, slow = false): Situation => ({
  name,
  slow,
  before: (scene) => scene.network.shape(CAUSE, links(scene), shape),
})

export const SITUATIONS: readonly Situation[] = [
  {name: 'healthy'},
  cut('connections refused', toStruck, 'refuse'),
  cut('questions lost', toStruck, 'black-hole', true),
  cut('answers lost', fromStruck, 'black-hole'),
  shaped('accepted, then reset', toStruck, {kind: 'reset', afterMs: 0}),
  shaped('asked, then reset', fromStruck, {kind: 'reset', afterMs: 0}, true),
  {
    name: 'cut off while it thinks',
    // Its thoughts take until it goes on; by then the connections over which it was asked are no more.
    before: ({process, struck}) => process.pause(struck),
    async meanwhile(scene) {
      await scene.network.cut(CAUSE, toStruck(scene), 'refuse')
      await scene.network.heal(CAUSE)
      await scene.process.resume(scene.struck)
    },
  },
  {
    name: 'paused for a moment',
    before: ({process, struck}) => process.pause(struck),
    meanwhile: ({process, struck}) => process.resume(struck),
  },
  {name: 'paused', slow: true, before: ({process, struck}) => process.pause(struck)},
  cut('its peers silent', peersOf, 'black-hole'),
  cut('its peers refused', peersOf, 'refuse', true),
  {name: 'killed', before: ({process, struck}) => process.kill(struck)},
  {
    name: 'killed and started again',
    async before({process, struck}) {
      await process.kill(struck)
      await process.restart(struck)
    },
  },
  {name: 'healthy again', slow: true},
]

/** Error words without what differs from run to run. */
export function inWords(outcome: Outcome): string {
  return outcome.type === 'ok' ? 'ok' : `${outcome.type}: ${outcome.error.replaceAll(/\bn\d+\b/g, 'a node')}`
}

async function settled({cluster, clock}: Trial): Promise<void> {
  const {nodes, observe} = cluster as Required<Cluster>
  await untilSettled({nodes, observe, clock, limitMs: 20_000, missing: unready})
}

/**
 * Every word of every workload that the target speaks, to the leader and then to another node, with the answers' values: but for
 * those of watchers, whose nodes may be behind. What the first was told has had its time to reach the other one: what that one
 * knows at once is a matter of milliseconds.
 */
async function conversation(trial: Trial): Promise<Seen> {
  const seen: Seen = {}
  const {struck, elsewhere} = await scenery(trial)
  for (const workload of Object.keys(trial.target.claims)) {
    for (const [where, node] of [
      ['the first', struck],
      ['another', elsewhere],
    ] as const) {
      if (node === elsewhere) await sleep(trial.clock, SPREAD_MS)
      const asked = spoken(workload)
      const outcomes = await trial.ask(node, workload, ...asked)
      outcomes.forEach((outcome, i) => {
        const {f} = asked[i]!
        const value = outcome.type === 'ok' && workload !== 'watch' ? ` ${JSON.stringify(outcome.value)}` : ''
        seen[`${workload} at ${where}: ${i + 1} ${f}`] = inWords(outcome) + value
      })
    }
  }
  return seen
}

async function scenery(trial: Trial): Promise<Scene> {
  const {cluster} = trial
  const {nodes, observe, network, process} = cluster as Required<Cluster>
  const struck = leaderOf(await statusesOf(observe, nodes)) ?? (nodes[0] as NodeId)
  const elsewhere = nodes.find((node) => node !== struck) as NodeId
  return {trial, network, process: process as Required<ProcessControl>, struck, elsewhere}
}

/** What clients see in this situation; it is undone afterwards. `round` tells its objects from those of other times. */
export async function play(situation: Situation, trial: Trial, round = 1): Promise<Seen> {
  const scene = await scenery(trial)
  await situation.before?.(scene)
  const workload = Object.keys(trial.target.claims)[0] as string
  const asking = (['struck', 'elsewhere'] as const).flatMap((where) =>
    (['looks', 'changes'] as const).map(async (kind) => {
      const probe = probes(workload, `${where} ${situation.name} ${round}`)[kind]
      const [outcome] = await trial.ask(scene[where], workload, probe)
      return [`${situation.name}: ${kind} ${where}`, inWords(outcome as Outcome)] as const
    }),
  )
  if (situation.meanwhile !== undefined) {
    await sleep(trial.clock, ASKED_MS)
    await situation.meanwhile(scene)
  }
  const seen = Object.fromEntries(await Promise.all(asking))
  await scene.network.heal(CAUSE)
  await scene.process.resume(scene.struck)
  await scene.process.restart(scene.struck)
  await settled(trial)
  return seen
}

/** What clients see of a target: in conversation, then in these situations, one after the other. */
export async function ordeal(trial: Trial, situations: readonly Situation[] = SITUATIONS): Promise<Seen> {
  const seen = await conversation(trial)
  for (const situation of situations) Object.assign(seen, await play(situation, trial))
  return seen
}
