/**
 * The partitions of a CAP card: which links are cut, and when. Each is one injection of the `partition` nemesis at a fixed
 * time, with a healthy stretch before it and one after it.
 */
import {type Capabilities, can} from '../../core/capabilities.ts'
import type {FaultSpec, Nemesis} from '../../core/nemesis.ts'
import type {NodeId} from '../../core/node.ts'
import {packets} from '../../nemesis/packets.ts'
import {partition} from '../../nemesis/partition.ts'

/** When what happens, ms since clients began. */
export interface Timeline {
  readonly cutMs: number
  readonly healMs: number
  readonly endMs: number
}

export const SIMULATED_TIMES: Timeline = {cutMs: 3000, healMs: 9000, endMs: 12_000}
/** Shorter: real time has to be waited for. */
export const REAL_TIMES: Timeline = {cutMs: 2000, healMs: 8000, endMs: 11_000}

/** How much further apart nodes are moved to see whether answers wait for other nodes, ms one way. */
export const FURTHER_MS = 20

export const PARTITIONS = ['halves', 'ring', 'isolated', 'one-way'] as const
export type PartitionName = (typeof PARTITIONS)[number]

/** What each is, where there is a leader and where all nodes are equal. */
export function wordsFor(name: PartitionName, leads: boolean): string {
  const one = leads ? 'the leader' : 'one node'
  const words = {
    halves: 'two halves',
    ring: 'majority ring',
    isolated: `${one} isolated`,
    'one-way': `${one} hears nobody`,
  }
  return words[name]
}

/** Why this target cannot be put under it; undefined where it can. */
export function impossible(name: PartitionName, nodes: number, capabilities: Capabilities): string | undefined {
  if (name === 'ring' && nodes < 4) return 'a ring needs at least 4 nodes'
  const needs = name === 'one-way' ? 'network.one-way' : 'network.black-hole'
  return can(capabilities, needs) ? undefined : String(capabilities[needs] ?? 'its links cannot be cut')
}

/** The nemesis that strikes once, as the timeline says. */
export function cutOnce(
  name: PartitionName,
  nodes: readonly NodeId[],
  {cutMs, healMs}: Timeline,
  capabilities: Capabilities,
): Nemesis {
  const leads = can(capabilities, 'leader')
  const shape = name === 'isolated' ? (leads ? 'leader' : 'one') : name
  const aimed = (name === 'isolated' || name === 'one-way') && leads
  const spec: FaultSpec = {
    fault: 'partition',
    shape,
    mode: 'black-hole',
    victims: aimed ? 'leader' : 'one',
    order: [...nodes],
  }
  return {...partition([shape]), plan: () => [{startMs: cutMs, stopMs: healMs, spec}]}
}

/** Every link between nodes takes longer, as the timeline says; those of clients do not. */
export function movedApart(nodes: readonly NodeId[], {cutMs, healMs}: Timeline): Nemesis {
  const spec: FaultSpec = {
    fault: 'latency',
    kind: 'latency',
    shape: {kind: 'latency', latencyMs: FURTHER_MS, jitterMs: 0},
    clients: false,
    victims: 'all',
    order: [...nodes],
  }
  return {...packets('latency', ['latency'], ['all']), plan: () => [{startMs: cutMs, stopMs: healMs, spec}]}
}
