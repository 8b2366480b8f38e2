/** `chaos maelstrom node TARGET`: a bundled target's node, for Maelstrom (or `chaos maelstrom test`) to run. */
import {UsageError} from '../../../core/error.ts'
import {parsePair} from '../../../core/quantities.ts'
import {lookUp, unknownName} from '../../../core/registry.ts'
import type {Protocol, Target} from '../../../core/target.ts'
import {PHRASEBOOKS} from '../../../hosts/maelstrom/own/phrasebook.ts'
import {serveNode} from '../../../hosts/maelstrom/own/serve.ts'
import {BUNDLED} from '../../../targets/index.ts'
import {freshSeed} from '../../settings/seed.ts'

export interface NodeFlags {
  readonly workload?: string | undefined
  readonly bug?: readonly string[] | undefined
  readonly 'target-arg'?: readonly string[] | undefined
  readonly seed?: string | undefined
  readonly disk?: string | undefined
}

/** Maelstrom's workloads that a target can do, by what it claims. */
function workloadsOf({claims}: Target): string[] {
  return Object.keys(PHRASEBOOKS).filter((name) => Object.hasOwn(claims, PHRASEBOOKS[name]?.workload ?? ''))
}

/** Runs the node until its input ends. Throws UsageError for what cannot be. */
export async function runNode(name: string | undefined, flags: NodeFlags): Promise<void> {
  const able = Object.fromEntries(Object.entries(BUNDLED).filter(([, target]) => workloadsOf(target).length > 0))
  if (name === undefined) throw new UsageError('Which target?', [`Those that can: ${Object.keys(able).join(', ')}`])
  const target = lookUp('target', able, name)
  const workloads = workloadsOf(target)
  const workload = flags.workload ?? (workloads[0] as string)
  if (!workloads.includes(workload)) throw unknownName(`workload of Maelstrom that ${name} can do`, workload, workloads)
  const bugs = flags.bug ?? []
  for (const bug of bugs) {
    const names = target.bugs.map((known) => known.name)
    if (!names.includes(bug)) throw unknownName(`bug of ${name}`, bug, names)
  }
  await serveNode({
    protocol: target.protocol as Protocol,
    phrasebook: PHRASEBOOKS[workload] as (typeof PHRASEBOOKS)[string],
    bugs,
    args: Object.fromEntries((flags['target-arg'] ?? []).map((pair) => parsePair('--target-arg', pair))),
    seed: flags.seed ?? freshSeed(),
    ...(flags.disk === undefined ? {} : {directory: flags.disk}),
  })
}
