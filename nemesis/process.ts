/**
 * Faults of whole processes: killed (SIGKILL: what was not synced is lost) and started again, or frozen (SIGSTOP) and
 * resumed, which is what a long garbage collection or an overcommitted host looks like from outside.
 */
import {z} from 'zod'
import type {Capability} from '../core/capabilities.ts'
import type {Cluster, ProcessControl, ProcessState} from '../core/cluster.ts'
import type {FaultSpec, Injection, Nemesis, Proof, StrikeContext} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import {alternate} from './schedule.ts'
import {specParser} from './spec.ts'
import {proveUp} from './up.ts'
import {missingForAll, possible} from './variants.ts'
import {livingVictims, needsOf, planVictims, type Victims, victimFields} from './victims.ts'

/** How long a probe waits for a node that must not answer, ms. */
const SILENCE_MS = 200

/** What is particular to one fault of processes. */
interface Harm {
  readonly name: string
  readonly description: string
  readonly needs: Capability
  /** What the operating system must say of a victim. */
  readonly state: ProcessState
  harm(process: ProcessControl, node: NodeId): Promise<void>
  undo(process: ProcessControl, node: NodeId): Promise<void>
}

const KILL: Harm = {
  name: 'kill',
  description: 'kills nodes (SIGKILL, unsynced bytes lost) and starts them again from their disks',
  needs: 'process.kill',
  state: 'dead',
  harm: (process, node) => process.kill(node),
  undo: (process, node) => process.restart(node),
}

const PAUSE: Harm = {
  name: 'pause',
  description: 'freezes nodes (SIGSTOP) and resumes them',
  needs: 'process.pause',
  state: 'paused',
  harm: async (process, node) => process.pause?.(node),
  undo: async (process, node) => process.resume?.(node),
}

/** Kills these victims and starts them again. */
export const kill = (victims: readonly Victims[]): Nemesis => nemesisOf(KILL, victims)
/** Freezes these victims and resumes them. */
export const pause = (victims: readonly Victims[]): Nemesis => nemesisOf(PAUSE, victims)

function nemesisOf(harm: Harm, victims: readonly Victims[]): Nemesis {
  const needs = (choice: Victims) => [harm.needs, ...needsOf(choice)]
  const parse = specParser(z.object({fault: z.literal(harm.name), ...victimFields}))
  return {
    name: harm.name,
    reach: 'none',
    description: harm.description,
    missing: (capabilities) => missingForAll(victims, needs, capabilities),
    plan(context) {
      const {capabilities, nodes, random} = context
      const able = possible(victims, needs, capabilities)
      return alternate(context, () => ({fault: harm.name, ...planVictims(random.pick(able), nodes, random)}))
    },
    parse,
    start: (spec: FaultSpec, context) => strike(parse(spec), context, harm),
  }
}

async function strike(
  spec: {readonly victims: Victims; readonly order: readonly NodeId[]},
  {cluster}: StrikeContext,
  {state, harm, undo}: Harm,
): Promise<Injection> {
  const process = cluster.process as ProcessControl
  const {victims, label, note} = await livingVictims(spec, cluster)
  await Promise.all(victims.map((node) => harm(process, node)))
  return {
    description: victims.length === 0 ? `nobody: ${label} dead already` : `${label}${note}`,
    victims,
    proof: await proveDown(cluster, process, victims, state),
    async stop() {
      await Promise.all(victims.map((node) => undo(process, node)))
      return proveUp(cluster, process, victims)
    },
  }
}

async function proveDown(
  {observe}: Cluster,
  process: ProcessControl,
  victims: readonly NodeId[],
  state: ProcessState,
): Promise<Proof> {
  const seen = await Promise.all(
    victims.map(async (node) => {
      const [actual, answers] = await Promise.all([process.state(node), observe?.responds(node, SILENCE_MS)])
      const right = (actual === state || (state === 'paused' && actual === 'dead')) && answers !== true
      return {right, text: `${node} ${actual}, ${answers === true ? 'answers' : 'silent'}`}
    }),
  )
  return {
    verified: seen.length > 0 && seen.every(({right}) => right),
    evidence: seen.length === 0 ? 'every victim was dead already' : seen.map(({text}) => text).join('; '),
  }
}
