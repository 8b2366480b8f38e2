/**
 * Faults of disks: no room is left (full), syncs take long (slow), the power fails (power-cut) or fails in the midst of a
 * write (torn), a stored bit turns over (bit-flip). How each is done and proved is in `disk-kinds.ts`.
 *
 * A node may go down of any of them, and a correct one often must: it has no business answering from a disk that it cannot
 * trust. When the fault ends the disk is sound again, damage restored as from a mirror, and the node is started again.
 */
import {z} from 'zod'
import type {Capability} from '../core/capabilities.ts'
import type {Cluster, DiskControl, ProcessControl} from '../core/cluster.ts'
import type {Injection, Nemesis, PlanContext} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import {DISK_KINDS, type DiskKind, type DiskSpec, KINDS} from './disk-kinds.ts'
import {alternate} from './schedule.ts'
import {specParser} from './spec.ts'
import {proveUp} from './up.ts'
import {missingForAll, possible} from './variants.ts'
import {livingVictims, planVictims, victimFields} from './victims.ts'

const parse = specParser(
  z.object({
    fault: z.literal('disk'),
    kind: z.enum(DISK_KINDS),
    /** How much longer a sync takes, ms. */
    delayMs: z.number().min(1),
    /** Where a bit turns over, as a share of what is stored. */
    at: z.number().min(0).max(1),
    ...victimFields,
  }),
)

const needsOf = (kind: DiskKind): readonly Capability[] => KINDS[kind].needs

export function disk(kinds: readonly DiskKind[] = DISK_KINDS): Nemesis {
  return {
    name: 'disk',
    reach: 'none',
    description: 'harms disks: full, slow, power-cut (unsynced bytes lost), torn (power cut in mid-write), bit-flip',
    missing: (capabilities) => missingForAll(kinds, needsOf, capabilities),
    plan: (context) => alternate(context, () => planHarm(possible(kinds, needsOf, context.capabilities), context)),
    parse,
    start: (spec, {cluster, clock}) => strike(parse(spec), cluster, clock),
  }
}

function planHarm(kinds: readonly DiskKind[], {random, nodes}: PlanContext) {
  const kind = random.pick(kinds)
  return {
    fault: 'disk',
    kind,
    delayMs: Math.round(2 ** random.between(5, 9)),
    at: random.next(),
    ...planVictims(random.pick(KINDS[kind].victims), nodes, random),
  }
}

async function strike(
  spec: DiskSpec,
  cluster: Cluster,
  clock: Parameters<Nemesis['start']>[1]['clock'],
): Promise<Injection> {
  const control = cluster.disk as DiskControl
  const process = cluster.process as ProcessControl
  const {victims, label, note} = await livingVictims(spec, cluster)
  const others = cluster.nodes.filter((node) => !victims.includes(node))
  const {words, strike} = KINDS[spec.kind]
  const proof = await strike({spec, control, process, clock, victims, others})
  return {
    description: victims.length === 0 ? `nobody: ${label} dead already` : `${words(spec)} on ${label}${note}`,
    victims,
    proof: victims.length === 0 ? {verified: false, evidence: 'every victim was dead already'} : proof,
    async stop() {
      await Promise.all(victims.map((node) => mend(node, control, process)))
      return proveUp(cluster, process, victims)
    },
  }
}

async function mend(node: NodeId, control: DiskControl, process: ProcessControl): Promise<void> {
  await control.heal(node)
  await process.restart(node)
}
