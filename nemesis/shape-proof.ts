/**
 * The proof of a spoilt link, which can fail: the network says of every link that it is spoilt, and probes of links that
 * are sound without the fault show it (`shape-felt.ts`).
 *
 * Sound *before* the fault; or, where its beginning could show nothing (nodes that were dead or frozen just then, a moment in
 * which the machine was busy), sound *after* it: then they are probed again while it is in force, and once it is healed.
 */
import type {Proof, StrikeContext} from '../core/nemesis.ts'
import {
  allLinks,
  type Link,
  type NetworkControl,
  type Ping,
  type PingPath,
  pingAll,
  readBackAll,
} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import {ableLinks} from './able.ts'
import {withLag} from './lag.ts'
import {type Probe, soundMs} from './packet-kinds.ts'
import {leftOf} from './patience.ts'
import {type Felt, isSound, judge, promises, together, tooBusy} from './shape-felt.ts'
import {type ShapeWatch, type Watched, watchShape} from './shape-watch.ts'

/** Links that are probed for one proof, and as controls. */
const PROBED_LINKS = 4
/** Links that are probed each time where it is looked again. */
const LATE_LINKS = 2
/** How often it is tried to find a moment in which the machine is not too busy to show anything; fewer where that keeps a fault in force. */
const ATTEMPTS = 3
const LATE_ATTEMPTS = 2
/** How far apart looks are at a fault that is still to be shown, ms. */
const WATCH_MS = 400

export interface ShapeProver {
  proveShape(): Promise<Proof>
  /** Heals, and proves that; and, if its beginning did not show the fault, that it had been in force. */
  proveClean(heal: () => Promise<void>): Promise<Proof>
}

/** What is to be proved, and how. */
export interface Shaped extends StrikeContext {
  readonly links: readonly Link[]
  readonly probe: Probe
}

/** Probes the links before they are spoilt. */
export async function beforeShape(shaped: Shaped): Promise<ShapeProver> {
  const {cluster, clock, cause, links, probe} = shaped
  const left = leftOf(shaped)
  const network = cluster.network as NetworkControl
  const able = (some: readonly Link[], most = PROBED_LINKS) => ableLinks(network, cluster, some, most)
  const toNodes = links.filter(({to}) => to !== 'clients')
  const alone = untouched(cluster.nodes, links)
  const candidates = await able(toNodes, 2 * PROBED_LINKS)
  const before = await pingLinks(candidates, soundMs(probe))
  const sound = candidates.map((_, i) => i).filter((i) => isSound(probe, before[i]))
  const chosen = sound.slice(0, PROBED_LINKS)
  let shown = false
  const longestMs = clock.exact === true ? probe.limitMs : (probe.enoughMs ?? probe.limitMs)
  let watch: ShapeWatch | undefined
  return {
    async proveShape() {
      const confirmed = await inForce()
      const probed = chosen.map((i) => candidates[i] as Link)
      const without = {pings: chosen.map((i) => before[i] as Ping), when: 'before'} as const
      const proof = isCounted(probe) ? await count(probed) : await felt()
      shown = proof.verified && confirmed === links.length && links.length > 0
      // In simulated time whoever looks is no slower than what is looked at: twice is enough.
      if (!shown && clock.exact !== true && !isCounted(probe))
        watch = watchShape({clock, everyMs: WATCH_MS, look, probe})
      return {verified: shown, evidence: `${confirmed}/${links.length} links read back; ${proof.evidence}`}

      /** What one slow moment could have shown by chance has to show twice in a row. What is missed here is watched for. */
      async function felt(): Promise<Pick<Proof, 'verified' | 'evidence'>> {
        for (let attempt = 1; ; attempt++) {
          const judged = judge(probe, await feel(probed), without)
          const again =
            judged.verified && !judged.sure && clock.exact !== true
              ? judge(probe, await feel(probed), without)
              : undefined
          const last = again ?? judged
          const evidence = again === undefined ? judged.evidence : `${judged.evidence}; again: ${again.evidence}`
          if (!last.tooBusy || attempt === ATTEMPTS || left() <= 0) return {verified: last.verified, evidence}
        }
      }
    },
    async proveClean(heal) {
      const seen = await watch?.stop()
      const late = shown || links.length === 0 ? undefined : await whileInForce(seen)
      await heal()
      const left = await inForce()
      const clean = {verified: left === 0, evidence: `${links.length - left}/${links.length} links clean again`}
      const proof = await late?.()
      return proof?.verified ? {...clean, evidence: `${clean.evidence}; ${proof.evidence}`, tookEffect: true} : clean
    },
  }

  /** Probes before the fault is healed; what that shows is known once it is. Undefined where it can show nothing. */
  async function whileInForce(seen: Watched | undefined): Promise<(() => Promise<Proof>) | undefined> {
    if ((await inForce()) < links.length) return undefined
    if (isCounted(probe)) {
      const proof = await count(await able(toNodes))
      return async () => proof
    }
    const last = seen?.best === undefined && seen?.inVain === true ? undefined : await lastLook()
    // What is seen last is likeliest to have sound links still when it is healed.
    const best = last !== undefined && promises(probe, last) ? last : (seen?.best ?? last)
    if (best === undefined) return undefined
    return async () => judge(probe, best, {pings: await pingLinks(best.links, soundMs(probe)), when: 'after'})
  }

  async function lastLook(): Promise<Felt | undefined> {
    let felt = await look()
    for (let attempt = 1; attempt < LATE_ATTEMPTS && felt !== undefined && tooBusy(probe, felt); attempt++) {
      felt = await look()
    }
    return felt
  }

  /**
   * Undefined where no link can answer now. What is looked at so often shows something by chance in the end, so what it shows has to
   * last: it is looked at twice. In simulated time nothing is by chance.
   */
  async function look(): Promise<Felt | undefined> {
    const probed = await able(toNodes, LATE_LINKS)
    if (probed.length === 0) return undefined
    const first = await feel(probed)
    if (clock.exact === true || !promises(probe, first)) return first
    const second = await feel(probed)
    return promises(probe, second) ? together(first, second) : second
  }

  async function feel(probed: readonly Link[]): Promise<Felt> {
    const controls = await able(alone)
    const times = probe.times ?? 1
    const repeated = probed.flatMap((link) => Array.from({length: times}, () => link))
    const {result, lagMs} = await withLag(clock, Promise.all([pingLinks(repeated), pingLinks(controls)]))
    const still = await standing([...probed, ...controls])
    const pings = probed.map((link, i) => (still.has(link) ? result[0].slice(i * times, (i + 1) * times) : []))
    return {links: probed, pings, controls: result[1].filter((_, i) => still.has(controls[i] as Link)), lagMs}
  }

  /** Those that can answer still: who was killed, frozen or cut off by another fault while it was probed tells nothing of this one. */
  async function standing(probed: readonly Link[]): Promise<ReadonlySet<Link>> {
    return new Set(clock.exact === true ? probed : await able(probed, probed.length))
  }

  /** Where the network itself counts what it does to messages. */
  async function count(probed: readonly Link[]): Promise<Proof> {
    const {counted} = probe.sign as {counted: 'duplicate' | 'reorder'}
    const first = await network.hits?.(links, counted)
    const {pings} = await feel(probed)
    const last = await network.hits?.(links, counted)
    const hits = first === undefined || last === undefined ? 0 : last - first
    return {
      verified: hits >= (probe.least === 'every' ? 1 : probe.least),
      evidence: `${hits} messages struck during ${pings.flat().length} probes`,
    }
  }

  async function inForce(): Promise<number> {
    return (await readBackAll(network, links, cause)).filter((text) => text !== '').length
  }

  function pingLinks(probed: readonly Link[], limitMs = longestMs): Promise<readonly Ping[]> {
    return pingAll(network, probed as readonly PingPath[], limitMs, probe.bytes)
  }
}

const isCounted = ({sign}: Probe): boolean => typeof sign === 'object' && 'counted' in sign

/** Links that can be probed and are left alone in both directions. */
function untouched(nodes: readonly NodeId[], links: readonly Link[]): Link[] {
  const nameOf = ({from, to}: Link) => (from < to ? `${from},${to}` : `${to},${from}`)
  const touched = new Set(links.map(nameOf))
  const all: Link[] = [...allLinks(nodes), ...nodes.map((to): Link => ({from: 'clients', to}))]
  return all.filter((link) => !touched.has(nameOf(link)))
}
