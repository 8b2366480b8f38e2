/** Numbers that may be changed with `--target-arg name=value`. N, R and W are section 4.5 of the paper. */
import type {TargetOptions} from '../../core/target.ts'
import {beyond, repeated, some} from '../state-machine/limits.ts'
import {settingsFrom} from '../state-machine/settings.ts'

export const SETTINGS = {
  /** Nodes that keep each key. */
  n: 3,
  /** Answers that a read waits for. */
  r: 2,
  /** Copies that a write waits for. */
  w: 2,
  /** Points of each node on the ring. */
  virtualNodes: 32,
  /** An owner that has not answered for so long is stood in for, ms. */
  hedgeMs: 60,
  /** When a request that has not found enough nodes is given up, ms. */
  giveUpMs: 700,
  /** Time between two rounds of anti-entropy and handoff, ms. */
  syncMs: 150,
  /** 0 counts owners only: strict quorums, as the `staleness` workload needs them. */
  sloppy: 1,
  /** The last node joins the ring so long after it has first started, ms; 0 has it in from the start. */
  joinMs: 0,
}

const LIMITS = [
  some('virtualNodes'),
  {name: 'hedgeMs', least: 10, why: 'owners have to have the time to answer, or strangers do in their place'},
  repeated('syncMs', 10),
] as const

/** N, R and W of a request that can be met. */
export function unfit({nodes, args}: TargetOptions): string | undefined {
  const settings = settingsFrom(SETTINGS, args)
  const {n, r, w} = settings
  if (n > nodes.length) return `n=${n} copies of each key need as many nodes, and there are ${nodes.length}`
  if (r > n || w > n || r < 1 || w < 1) return `r=${r} and w=${w} have to be from 1 to n=${n}`
  return beyond(settings, LIMITS)
}

export type Settings = typeof SETTINGS
