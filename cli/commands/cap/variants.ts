/** What `chaos cap` is asked for: targets, each with the arguments it is to run with: `primary-backup:mode=async`. */
import {UsageError} from '../../../core/error.ts'
import {parseCount, parsePair} from '../../../core/quantities.ts'
import {lookUp, unknownName} from '../../../core/registry.ts'
import type {Target} from '../../../core/target.ts'
import type {CardRequest} from '../../../runner/cap/measure.ts'
import {PARTITIONS, type PartitionName} from '../../../runner/cap/partitions.ts'
import {nodeNames} from '../../../runner/options.ts'
import {MOST_NODES} from '../../../runner/settings/limits.ts'
import {demandFit} from '../../../runner/settings/resolve.ts'
import {demandArguments} from '../../../targets/arguments.ts'

/** The designs that differ in what they give up. */
export const USUAL = [
  'raft',
  'zab',
  'zab:reads=sync',
  'primary-backup',
  'primary-backup:mode=async',
  'dynamo',
  'dynamo:r=1,w=1',
  'gossip',
]

/** Nodes of a simulated cluster, the same for all, so that partitions have the same shape. */
const NODES = 5

export interface CapFlags {
  readonly real: boolean
  readonly nodes?: string | undefined
  readonly seed: string
  readonly bug?: readonly string[] | undefined
  readonly partition?: readonly string[] | undefined
}

/** Throws UsageError for the first thing that makes no sense. */
export async function requestsFor(
  names: readonly string[],
  {real, nodes, seed, bug = [], partition}: CapFlags,
  findTarget: (name: string) => Promise<Target>,
): Promise<CardRequest[]> {
  const count = nodes === undefined ? undefined : parseCount('--nodes', nodes, 1, MOST_NODES)
  const all = Object.fromEntries(PARTITIONS.map((name) => [name, name]))
  const partitions = partition?.map((name) => lookUp('partition', all, name) as PartitionName) ?? PARTITIONS
  const requests: CardRequest[] = []
  for (const text of names.length === 0 ? USUAL : names) {
    const {name, args} = variantOf(text)
    const target = await findTarget(name)
    demand(target, real)
    demandArguments(target, args)
    for (const one of bug) {
      const known = target.bugs.map((entry) => entry.name)
      if (!known.includes(one)) throw unknownName(`bug of ${name}`, one, known)
    }
    const size = count ?? (real ? target.defaultNodes : NODES)
    const least = Math.max(2, target.minNodes ?? 1)
    if (size < least) {
      throw new UsageError(`--nodes ${size}: a card of ${name} needs at least ${least} nodes.`, [
        `Give --nodes ${least} or more.`,
      ])
    }
    demandFit(target, {nodes: target.nodeNames?.(size, args) ?? nodeNames(size), bugs: bug, args})
    requests.push({target, args, bugs: bug, nodes: size, seed, partitions})
  }
  return requests
}

/** `primary-backup:mode=async,batchMs=2`. A path may have a colon of its own: only one with `=` after it counts. */
export function variantOf(text: string): {readonly name: string; readonly args: Readonly<Record<string, string>>} {
  const [, name = text, list] = /^(.*?):([^:]*=.*)$/.exec(text) ?? []
  if (list === undefined) return {name: text, args: {}}
  return {name, args: Object.fromEntries(list.split(',').map((pair) => parsePair(text, pair)))}
}

/** Throws UsageError for a target that a card cannot be made of. */
function demand(target: Target, real: boolean): void {
  const {name, functions, protocol, claims} = target
  const missing = ['read', 'write'].filter((f) => !functions.includes(f))
  if (missing.length > 0) {
    throw new UsageError(`A CAP card needs registers, and ${name} does not speak ${missing.join(' and ')}.`, [
      `It speaks: ${functions.join(', ')}`,
    ])
  }
  // Those of the configuration say what they speak, not always what they promise.
  if (protocol !== undefined && !Object.hasOwn(claims, 'register')) {
    throw new UsageError(`A CAP card needs registers, and ${name} makes no promise about them.`, [
      `It has promises for: ${Object.keys(claims).join(', ')}`,
    ])
  }
  if (!real && protocol === undefined) {
    throw new UsageError(`${name} is a real program: it cannot be simulated.`, ['Give --real.'])
  }
}

/** As it was asked for: the target with its arguments and bugs. */
export function nameOf({
  target,
  args,
  bugs,
}: {
  target: string
  args: CardRequest['args']
  bugs: readonly string[]
}): string {
  const pairs = Object.entries(args).map(([name, value]) => `${name}=${value}`)
  const bugged = bugs.length === 0 ? '' : ` with ${bugs.join(', ')}`
  return `${target}${pairs.length === 0 ? '' : `:${pairs.join(',')}`}${bugged}`
}
