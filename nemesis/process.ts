/**
 * Faults of whole processes: killed (SIGKILL: what was not synced is lost) and started again, or frozen (SIGSTOP) and
 * resumed, which is what a long garbage collection or an overcommitted host looks like from outside.
 */
import type {Cluster, ProcessState} from '../core/cluster.ts'
import type {FaultSpec, Injection, Nemesis, Proof, StrikeContext} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import {alternate} from './schedule.ts'
import {planVictims, resolveVictims, type Victims} from './victims.ts'

/** How long a probe waits for a node that must not answer, ms. */
const SILENCE_MS = 200
/** How long a node may take to answer once it is back, ms. */
const ANSWER_MS = 5000

/** Kills these victims and starts them again. */
export function kill(victims: readonly Victims[]): Nemesis {
  return {
    name: 'kill',
    description: 'kills nodes (SIGKILL, unsynced bytes lost) and starts them again from their disks',
    missing: (cluster) => (cluster.kill && cluster.restart ? undefined : 'a way to kill and restart its nodes'),
    plan: (context) =>
      alternate(context, () => ({
        fault: 'kill',
        ...planVictims(context.random.pick(victims), context.nodes, context.random),
      })),
    start: (spec, context) =>
      strike(
        spec,
        context,
        'dead',
        (node) => context.cluster.kill!(node),
        (node) => context.cluster.restart!(node),
      ),
  }
}

/** Freezes these victims and resumes them. */
export function pause(victims: readonly Victims[]): Nemesis {
  return {
    name: 'pause',
    description: 'freezes nodes (SIGSTOP) and resumes them',
    missing: (cluster) => (cluster.pause && cluster.resume ? undefined : 'a way to pause its nodes'),
    plan: (context) =>
      alternate(context, () => ({
        fault: 'pause',
        ...planVictims(context.random.pick(victims), context.nodes, context.random),
      })),
    start: (spec, context) =>
      strike(
        spec,
        context,
        'paused',
        (node) => context.cluster.pause!(node),
        (node) => context.cluster.resume!(node),
      ),
  }
}

async function strike(
  spec: FaultSpec,
  {cluster}: StrikeContext,
  state: ProcessState,
  harm: (node: NodeId) => Promise<void>,
  undo: (node: NodeId) => Promise<void>,
): Promise<Injection> {
  const {victims, label} = await resolveVictims(spec, cluster)
  // A node that another fault has killed can be neither frozen nor killed again; it is left to that fault.
  const states = await Promise.all(victims.map((node) => cluster.processState?.(node)))
  const able = victims.filter((_, i) => states[i] !== 'dead')
  await Promise.all(able.map(harm))
  return {
    description: able.length === 0 ? `nobody: ${label} dead already` : label,
    victims: able,
    proof: await proveDown(cluster, able, state),
    async stop() {
      await Promise.all(able.map(undo))
      return proveUp(cluster, able)
    },
  }
}

async function proveDown(cluster: Cluster, victims: readonly NodeId[], state: ProcessState): Promise<Proof> {
  const seen = await Promise.all(
    victims.map(async (node) => {
      const [actual, answers] = await Promise.all([cluster.processState?.(node), cluster.responds?.(node, SILENCE_MS)])
      const right = (actual === state || (state === 'paused' && actual === 'dead')) && answers !== true
      return {right, text: `${node} ${actual ?? 'unknown'}, ${answers === true ? 'answers' : 'silent'}`}
    }),
  )
  return {
    verified: seen.length > 0 && seen.every(({right}) => right),
    evidence: seen.length === 0 ? 'every victim was dead already' : seen.map(({text}) => text).join('; '),
  }
}

async function proveUp(cluster: Cluster, victims: readonly NodeId[]): Promise<Proof> {
  const up = await Promise.all(
    victims.map(async (node) => {
      const state = await cluster.processState?.(node)
      // Another fault may hold it down; that fault's own end will prove it up.
      return state === 'running' || state === undefined ? ((await cluster.responds?.(node, ANSWER_MS)) ?? true) : false
    }),
  )
  return {
    verified: up.every(Boolean),
    evidence: victims.map((node, i) => `${node} ${up[i] ? 'answers' : 'silent'}`).join('; '),
  }
}
