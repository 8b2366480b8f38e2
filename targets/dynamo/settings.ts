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
  {name: 'giveUpMs', least: 100, why: 'who gives up at once is never answered'},
] as const

/** Whether a read is promised to see all that returned before it: quorums that overlap, and no stand-ins. */
export function isStrict({args}: Pick<TargetOptions, 'args'>): boolean {
  return args['workload'] === 'staleness'
}

/**
 * Why the ring cannot be changed with these options. It is only heard of who comes and goes: while some know and others do
 * not, a read quorum of the new owners and a write quorum of the old ones may have nobody in common.
 */
export function fixedMembers(options: TargetOptions): string | undefined {
  const {n} = settingsFrom(SETTINGS, options.args)
  if (isStrict(options)) return 'strict quorums need owners that are fixed: a change of the ring is only heard of'
  if (n >= options.nodes.length) return `n=${n} copies of each key need all ${options.nodes.length} nodes`
  return undefined
}

/** N, R and W of a request that can be met. */
export function unfit(options: TargetOptions): string | undefined {
  const {nodes, args} = options
  const settings = settingsFrom(SETTINGS, args)
  const {n, r, w, joinMs} = settings
  if (n > nodes.length) return `n=${n} copies of each key need as many nodes, and there are ${nodes.length}`
  if (r > n || w > n || r < 1 || w < 1) return `r=${r} and w=${w} have to be from 1 to n=${n}`
  const fixed = joinMs === 0 ? undefined : fixedMembers(options)
  if (fixed !== undefined) return `joinMs=${joinMs} lets a node in later: ${fixed}`
  return beyond(settings, LIMITS)
}

export type Settings = typeof SETTINGS
