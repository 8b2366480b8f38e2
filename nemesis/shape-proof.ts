/**
 * The proof of a spoilt link, which can fail: the network says of every link that it is spoilt, and probes of links that
 * were sound just before now show it, beyond what a control, a link that is left alone, shows in the same moment. A link
 * that did not answer before shows nothing: its node may be dead. A slow control takes its time off every probe: what a busy
 * machine does to all is no fault of a link.
 */
import type {Proof} from '../core/nemesis.ts'
import {allLinks, type Link, type NetworkControl, type Ping} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import type {Probe} from './packet-kinds.ts'

/** Links that are probed for one proof, and as controls. */
const PROBED_LINKS = 4

export interface ShapeProver {
  proveShape(): Promise<Proof>
  proveClean(): Promise<Proof>
}

/** Probes the links before they are spoilt. */
export async function beforeShape(
  network: NetworkControl,
  nodes: readonly NodeId[],
  links: readonly Link[],
  cause: string,
  probe: Probe,
): Promise<ShapeProver> {
  const ping = ({from, to}: Link) => network.ping(from, to as NodeId, probe.limitMs, probe.bytes)
  const candidates = links.filter(({to}) => to !== 'clients').slice(0, 2 * PROBED_LINKS)
  const controls = untouched(nodes, links).slice(0, PROBED_LINKS)
  const baseline = await Promise.all(candidates.map(ping))
  const sound = candidates
    .filter((_, i) => baseline[i]?.reachable && probe.felt?.(baseline[i] as Ping) !== true)
    .slice(0, PROBED_LINKS)
  const repeated = sound.flatMap((link) => Array.from({length: probe.times ?? 1}, () => link))
  const inForce = async () =>
    (await Promise.all(links.map((link) => network.readBack(link, cause)))).filter((text) => text !== '').length
  return {
    async proveShape() {
      const confirmed = await inForce()
      const whole = confirmed === links.length && links.length > 0
      if (probe.felt === undefined) {
        return {verified: whole, evidence: `${confirmed}/${links.length} links read back; no probe can show it`}
      }
      // Only now: what reading back costs must not slow the probes.
      const [pings, compared] = await Promise.all([Promise.all(repeated.map(ping)), Promise.all(controls.map(ping))])
      const answered = compared.filter(({reachable}) => reachable)
      const slackMs = Math.max(0, ...answered.map(({rttMs}) => rttMs as number))
      const felt = pings.filter((seen) => probe.felt?.(lessSlack(seen, slackMs))).length
      const least = probe.least === 'every' ? Math.max(1, pings.filter(({reachable}) => reachable).length) : probe.least
      // Silence on a machine where the control is nearly as slow as the limit is no silence.
      const calm = slackMs < probe.limitMs / 4
      const controlled = controls.length === 0 || (answered.length === compared.length && calm)
      return {
        verified: whole && controlled && felt >= least,
        evidence: `${confirmed}/${links.length} links read back; ${
          sound.length === 0 ? 'no link answered a probe before' : `${felt}/${pings.length} probes felt it`
        }${fastest(baseline, 'before')}${fastest(pings, 'now')}${fastest(compared, 'of a control')}`,
      }
    },
    async proveClean() {
      const left = await inForce()
      return {verified: left === 0, evidence: `${links.length - left}/${links.length} links clean again`}
    },
  }
}

/** Links that can be probed and are left alone in both directions. */
function untouched(nodes: readonly NodeId[], links: readonly Link[]): Link[] {
  const touched = new Set(links.map(({from, to}) => [from, to].sort().join()))
  const all: Link[] = [...allLinks(nodes), ...nodes.map((to): Link => ({from: 'clients', to}))]
  return all.filter(({from, to}) => !touched.has([from, to].sort().join()))
}

function lessSlack(ping: Ping, slackMs: number): Ping {
  return ping.rttMs === undefined ? ping : {...ping, rttMs: ping.rttMs - slackMs}
}

function fastest(pings: readonly Ping[], when: string): string {
  const times = pings.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number)
  return times.length === 0 ? '' : `, fastest ${when} ${Math.min(...times).toFixed(1)} ms`
}
