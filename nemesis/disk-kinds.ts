/**
 * What each fault of disks does and what proves it. Disks are probed with writes of our own: a full disk refuses one while
 * another node's takes it; a slow one takes its time; a power cut takes marks that were not synced and leaves those that were.
 * A damaged disk is proved by the node: started again it refuses to serve from it, or has been given what is wrong.
 */
import type {Capability} from '../core/capabilities.ts'
import {type Clock, sleep} from '../core/clock.ts'
import {
  type DiskControl,
  type DiskFault,
  type DiskMarks,
  type DiskProbe,
  NothingToHarm,
  type ProcessControl,
} from '../core/cluster.ts'
import {messageOf} from '../core/error.ts'
import type {Proof} from '../core/nemesis.ts'
import type {NodeId} from '../core/node.ts'
import type {VictimSpec, Victims} from './victims.ts'

export const DISK_KINDS = ['full', 'slow', 'power-cut', 'torn', 'bit-flip'] as const
export type DiskKind = (typeof DISK_KINDS)[number]

export interface DiskSpec extends VictimSpec {
  readonly kind: DiskKind
  readonly delayMs: number
  readonly at: number
}

/** Whom a fault strikes, and what may be done to them. */
interface Strike {
  readonly spec: DiskSpec
  readonly control: DiskControl
  readonly process: ProcessControl
  readonly clock: Clock
  readonly victims: readonly NodeId[]
  /** Nodes that are not struck: the control of a probe. */
  readonly others: readonly NodeId[]
}

interface Kind {
  readonly needs: readonly Capability[]
  readonly victims: readonly Victims[]
  words(spec: DiskSpec): string
  strike(strike: Strike): Promise<Proof>
}

/** How long a node that has met its fault may take to go down, ms. */
const DOWN_MS = 1000
const LOOK_MS = 10

const SOME: readonly Victims[] = ['one', 'minority']
/** A power cut is usually everybody's. */
const ANYBODY: readonly Victims[] = ['one', 'minority', 'majority', 'all']

export const KINDS: Readonly<Record<DiskKind, Kind>> = {
  full: {
    needs: ['disk.full'],
    victims: SOME,
    words: () => 'disk full',
    strike: (strike) => probed(strike, {kind: 'full'}, (probe) => 'refused' in probe),
  },
  slow: {
    needs: ['disk.slow'],
    victims: SOME,
    words: ({delayMs}) => `syncs ${delayMs} ms slower`,
    strike: (strike) => {
      const {delayMs} = strike.spec
      return probed(strike, {kind: 'slow', delayMs}, (probe) => 'tookMs' in probe && probe.tookMs >= 0.8 * delayMs)
    },
  },
  'power-cut': {
    needs: ['disk.power-cut'],
    victims: ANYBODY,
    words: () => 'power cut',
    strike: (strike) => powerCut(strike, false),
  },
  torn: {
    needs: ['disk.power-cut', 'disk.torn-write'],
    victims: ANYBODY,
    words: () => 'power cut in the midst of a write',
    strike: (strike) => powerCut(strike, true),
  },
  'bit-flip': {
    needs: ['disk.bit-flip', 'process.kill'],
    victims: SOME,
    words: () => 'a bit turned over and the node started again,',
    strike: bitFlip,
  },
}

/** A fault that shows in a write of our own: before it goes well, then not, and elsewhere it still does. */
async function probed(
  {control, process, victims, others}: Strike,
  fault: DiskFault,
  harmed: (probe: DiskProbe) => boolean,
): Promise<Proof> {
  const probes = (nodes: readonly NodeId[]) => Promise.all(nodes.map((node) => control.probe(node)))
  const before = await probes(victims)
  await Promise.all(victims.map((node) => control.harm(node, fault)))
  const [after, control_] = [await probes(victims), await probes(others.slice(0, 1))]
  const seen = await Promise.all(
    victims.map(async (node, i) => {
      const [earlier, later] = [before[i], after[i]]
      const wasFine = earlier !== undefined && !harmed(earlier)
      // It may have met the fault before us, and gone down of it.
      const down = later === undefined && (await process.state(node)) === 'dead' ? await control.readBack(node) : ''
      return {
        right: wasFine && (later === undefined ? down !== '' : harmed(later)),
        text: `${node} ${words(earlier)}, now ${down === '' ? words(later) : `down: ${down}`}`,
      }
    }),
  )
  const sound = control_.every((probe) => probe === undefined || !harmed(probe))
  const elsewhere = others.slice(0, 1).map((node) => `${node} ${words(control_[0])}`)
  return {
    verified: sound && seen.every(({right}) => right),
    evidence: [...seen.map(({text}) => text), ...elsewhere].join('; '),
  }
}

/** What was seen of one victim: that it was struck, that it was not, or (undefined) that there was nothing to strike. */
interface Seen {
  readonly right: boolean | undefined
  readonly text: string
}

/** Somebody was struck, and nobody escaped. */
function proofOf(seen: readonly Seen[]): Proof {
  return {
    verified: seen.some(({right}) => right === true) && seen.every(({right}) => right !== false),
    evidence: seen.map(({text}) => text).join('; '),
  }
}

/** As `work` sees it; a node with nothing to harm is left alone, and its fault is no failure. */
async function unlessIdle(work: () => Promise<Seen>): Promise<Seen> {
  try {
    return await work()
  } catch (error) {
    return {right: error instanceof NothingToHarm ? undefined : false, text: messageOf(error)}
  }
}

/** Marks that were synced outlast it, marks that were not do not, and nobody runs. */
async function powerCut({control, process, victims}: Strike, torn: boolean): Promise<Proof> {
  await Promise.all(victims.map((node) => control.mark(node)))
  const cut = victims.map((node) =>
    unlessIdle(async () => {
      await control.harm(node, {kind: 'power-cut', torn})
      const state = await process.state(node)
      const marks = await control.marks(node)
      return {right: state === 'dead' && marks.synced && !marks.unsynced, text: `${node} ${state}, ${kept(marks)}`}
    }),
  )
  return proofOf(await Promise.all(cut))
}

/** Damage is met when the node reads what it has stored: on its next start. */
async function bitFlip({spec, control, process, clock, victims}: Strike): Promise<Proof> {
  const flipped = victims.map(async (node) => {
    await process.kill(node)
    return unlessIdle(async () => {
      await control.harm(node, {kind: 'bit-flip', at: spec.at})
      const damage = await control.readBack(node)
      // A start that fails is what is hoped for.
      await process.restart(node).catch(() => {})
      const refused = await goesDown(process, node, clock)
      const words = await control.readBack(node)
      return {
        right: damage !== '' && (refused || words.includes('met')),
        text: `${node} ${words === '' ? 'undamaged' : words}, ${refused ? 'does not start' : 'serves'}`,
      }
    })
  })
  return proofOf(await Promise.all(flipped))
}

async function goesDown(process: ProcessControl, node: NodeId, clock: Clock): Promise<boolean> {
  const deadlineNs = clock.nowNs() + DOWN_MS * 1e6
  while ((await process.state(node)) !== 'dead') {
    if (clock.nowNs() >= deadlineNs) return false
    await sleep(clock, LOOK_MS)
  }
  return true
}

function words(probe: DiskProbe | undefined): string {
  if (probe === undefined) return 'cannot be asked'
  return 'refused' in probe ? `refuses a write (${probe.refused})` : `writes in ${probe.tookMs.toFixed(1)} ms`
}

function kept({synced, unsynced}: DiskMarks): string {
  return `synced mark ${synced ? 'kept' : 'lost'}, unsynced ones ${unsynced ? 'kept' : 'lost'}`
}
