/**
 * Faults of clocks: a node's clock jumps ahead or back (bump), jumps to and fro (strobe), or runs too fast or too slow
 * (drift), and is put right at the end. The proof is what the node itself reads.
 */
import {z} from 'zod'
import type {Capability} from '../core/capabilities.ts'
import {type Cancel, type Clock, sleep} from '../core/clock.ts'
import type {ClockControl} from '../core/cluster.ts'
import type {Injection, Nemesis, PlanContext, Proof, StrikeContext} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import {alternate} from './schedule.ts'
import {specParser} from './spec.ts'
import {missingForAll, possible} from './variants.ts'
import {planVictims, runningVictims, victimFields} from './victims.ts'

export const CLOCK_KINDS = ['bump', 'strobe', 'drift'] as const
export type ClockKind = (typeof CLOCK_KINDS)[number]

/** How long a node may take to say what its clock reads, ms. */
const READ_MS = 500
/** How far a reading may be off, ms: the answer takes its time on a busy machine. */
const TOLERANCE_MS = 60
/** How long a drift is let run before it is read, ms. */
const DRIFT_LOOK_MS = 200

const parse = specParser(
  z.object({
    fault: z.literal('clock'),
    kind: z.enum(CLOCK_KINDS),
    /** How far, ms; of a drift parts per million. */
    amount: z.number(),
    /** Between two jumps of a strobe, ms. */
    periodMs: z.number().min(1),
    ...victimFields,
  }),
)
type ClockSpec = ReturnType<typeof parse>

function needsOf(kind: ClockKind): readonly Capability[] {
  return kind === 'drift' ? ['clock.drift'] : ['clock.skew']
}

export function clock(kinds: readonly ClockKind[] = CLOCK_KINDS): Nemesis {
  return {
    name: 'clock',
    reach: 'none',
    description: 'moves the clocks of some nodes: jumps (bump), jumps to and fro (strobe), wrong speed (drift)',
    missing: (capabilities) => missingForAll(kinds, needsOf, capabilities),
    plan: (context) => alternate(context, () => planMove(possible(kinds, needsOf, context.capabilities), context)),
    parse,
    start: (spec, context) => strike(parse(spec), context),
  }
}

function planMove(kinds: readonly ClockKind[], {random, nodes}: PlanContext) {
  const kind = random.pick(kinds)
  const sign = random.chance(0.5) ? 1 : -1
  const amount = sign * (kind === 'drift' ? random.between(50_000, 500_000) : Math.round(2 ** random.between(7, 15)))
  return {
    fault: 'clock',
    kind,
    amount,
    periodMs: random.between(20, 200),
    ...planVictims(random.pick(['one', 'minority', 'majority'] as const), nodes, random),
  }
}

async function strike(spec: ClockSpec, {cluster, clock: time}: StrikeContext): Promise<Injection> {
  const control = cluster.clock as ClockControl
  const {victims, label, note} = await runningVictims(spec, cluster)
  const before = await readings(control, victims)
  const end = await move(spec, control, victims, time)
  return {
    description: `${described(spec)} on ${label}${note}`,
    victims,
    proof: await proveMoved(spec, control, victims, before, time),
    async stop() {
      await end()
      await Promise.all(victims.map((node) => control.skew(node, 0)))
      return proveRight(control, victims)
    },
  }
}

/** Starts the movement; what it resolves to ends it. */
async function move(
  {kind, amount, periodMs}: ClockSpec,
  control: ClockControl,
  victims: readonly NodeId[],
  time: Clock,
): Promise<() => Promise<void>> {
  const everybody = (act: (node: NodeId) => Promise<void> | undefined) => Promise.all(victims.map(act))
  if (kind === 'drift') {
    await everybody((node) => control.drift?.(node, amount))
    return async () => {
      await everybody((node) => control.drift?.(node, 0))
    }
  }
  await everybody((node) => control.skew(node, amount))
  if (kind === 'bump') return async () => {}
  let away = true
  let cancel: Cancel = () => {}
  const jump = () => {
    away = !away
    void everybody((node) => control.skew(node, away ? amount : 0)).catch(() => {})
    cancel = time.after(periodMs, jump)
  }
  // The first jump is proved before the next one.
  cancel = time.after(periodMs + READ_MS, jump)
  return async () => cancel()
}

async function proveMoved(
  {kind, amount}: ClockSpec,
  control: ClockControl,
  victims: readonly NodeId[],
  before: readonly (number | undefined)[],
  time: Clock,
): Promise<Proof> {
  if (kind === 'drift') await sleep(time, DRIFT_LOOK_MS)
  const wanted = kind === 'drift' ? (amount / 1e6) * DRIFT_LOOK_MS : amount
  const after = await readings(control, victims)
  const moved = victims.map((_, i) => {
    const [from, to] = [before[i], after[i]]
    return from === undefined || to === undefined ? undefined : to - from
  })
  const read = moved.filter((each) => each !== undefined)
  // A drift has no tolerance of its own: it must be seen to go the right way, beyond what reading it costs.
  const right = (by: number) => (kind === 'drift' ? by / wanted > 0.5 : Math.abs(by - wanted) <= TOLERANCE_MS)
  return {
    verified: read.length > 0 && read.every(right),
    evidence: victims.map((node, i) => `${node} ${words(moved[i])}`).join('; '),
  }
}

async function proveRight(control: ClockControl, victims: readonly NodeId[]): Promise<Proof> {
  const offsets = await readings(control, victims)
  return {
    verified: offsets.every((offset) => offset === undefined || Math.abs(offset) <= TOLERANCE_MS),
    evidence: victims.map((node, i) => `${node} ${words(offsets[i])} off`).join('; '),
  }
}

function readings(control: ClockControl, victims: readonly NodeId[]): Promise<(number | undefined)[]> {
  return Promise.all(victims.map((node) => control.offsetMs(node, READ_MS)))
}

function words(ms: number | undefined): string {
  return ms === undefined ? 'did not say its time' : `${ms > 0 ? '+' : ''}${Math.round(ms)} ms`
}

function described({kind, amount, periodMs}: ClockSpec): string {
  if (kind === 'drift') return `clock ${amount > 0 ? 'fast' : 'slow'} by ${Math.abs(amount) / 10_000} %`
  const by = `${amount > 0 ? '+' : ''}${amount} ms`
  return kind === 'bump' ? `clock ${by}` : `clock ${by} and back every ${periodMs} ms`
}
