/**
 * What probes of spoilt links felt, judged: links that are sound without the fault must show it, beyond what controls, links
 * that are left alone, show in the same moment. A slow control takes its time off every probe: what a busy machine does to all is
 * no fault of a link.
 */
import type {Link, Ping} from '../core/network.ts'
import {mostSlackMs, type Probe, shows} from './packet-kinds.ts'

/** Probes while the fault was in force. */
export interface Felt {
  readonly links: readonly Link[]
  /** Of each of those links, as often as it was probed. */
  readonly pings: readonly (readonly Ping[])[]
  /** Of links that are left alone, in the same moment. */
  readonly controls: readonly Ping[]
  /** How late we were ourselves meanwhile. */
  readonly lagMs: number
}

/** What the same links showed without the fault, before it or after it, in their order. */
export interface Without {
  readonly pings: readonly Ping[]
  readonly when: 'before' | 'after'
}

export interface Judgement {
  readonly verified: boolean
  readonly evidence: string
  /** Everything was so slow that nothing could show. */
  readonly tooBusy: boolean
  /** What showed is beyond what a busy machine does to some links and not to others. */
  readonly sure: boolean
}

/**
 * A slower answer that takes this much longer than everything else, ms, is no chance: a single node that does not get the processor
 * for a moment is slow on all of its links, and on no other. Below it, it costs little to look twice.
 */
const SURE_MS = 400

export const isSound = (probe: Probe, ping: Ping | undefined): boolean =>
  ping?.reachable === true && !shows(probe, ping, 0)

/** Where no link is left alone, what the slowest of the same links took without the fault has to do. */
function slackOf({controls, lagMs}: Felt, without: readonly Ping[]): number {
  return Math.max(lagMs, slowest(controls.length === 0 ? without : controls))
}

/** Whether this can be the proof of anything, should the links turn out to be sound. */
export function promises(probe: Probe, felt: Felt): boolean {
  const slackMs = slackOf(felt, [])
  return !tooBusy(probe, felt) && felt.pings.flat().some((ping) => shows(probe, ping, slackMs))
}

/** Whether it is no use to go on from these: with controls it is known before the links are sound again. */
export function tooBusy(probe: Probe, felt: Felt): boolean {
  return slackOf(felt, []) > mostSlackMs(probe)
}

export function judge(probe: Probe, felt: Felt, {pings: without, when}: Without): Judgement {
  const sound = felt.links.map((_, i) => i).filter((i) => isSound(probe, without[i]))
  const pings = sound.flatMap((i) => felt.pings[i] as readonly Ping[])
  const slackMs = slackOf(felt, without)
  const showing = pings.filter((ping) => shows(probe, ping, slackMs))
  const shown = showing.length
  const least =
    probe.least === 'every' ? Math.max(1, pings.filter((ping) => mustShow(probe, ping)).length) : probe.least
  const calm = slackMs <= mostSlackMs(probe)
  const controlled = felt.controls.length === 0 || felt.controls.some(({reachable}) => reachable)
  const sentence = sound.length === 0 ? `no link answered a probe ${when}` : `${shown}/${pings.length} probes felt it`
  return {
    verified: calm && controlled && shown >= least,
    evidence: `${sentence}${fastest(without, when)}${fastest(pings, 'meanwhile')}, everything else up to ${slackMs.toFixed(1)} ms`,
    tooBusy: !calm,
    sure: !isSlower(probe) || showing.every(({rttMs = 0}) => rttMs - slackMs >= SURE_MS),
  }
}

const isSlower = ({sign}: Probe): boolean => typeof sign === 'object' && 'slowerMs' in sign

/** Two looks at the same links, one right after the other, as one. */
export function together(first: Felt, second: Felt): Felt {
  return {
    links: first.links,
    pings: first.pings.map((pings, i) => [...pings, ...(second.pings[i] ?? [])]),
    controls: [...first.controls, ...second.controls],
    lagMs: Math.max(first.lagMs, second.lagMs),
  }
}

/**
 * Where every ping has to show the fault, those that are not answered show nothing of a slow link. But each connection over a link
 * that ends connections has to end: single ones are also ended by other faults, as they come and go.
 */
function mustShow({sign}: Probe, {reachable}: Ping): boolean {
  return reachable || sign === 'end'
}

function slowest(pings: readonly Ping[]): number {
  return Math.max(0, ...timesOf(pings))
}

function fastest(pings: readonly Ping[], when: string): string {
  const times = timesOf(pings)
  return times.length === 0 ? '' : `, fastest ${when} ${Math.min(...times).toFixed(1)} ms`
}

function timesOf(pings: readonly Ping[]): number[] {
  return pings.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number)
}
