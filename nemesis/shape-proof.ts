/**
 * The proof of a spoilt link, which can fail: the network says of every link that it is spoilt, and probes of links that
 * were sound just before now show it, beyond what a control, a link that is left alone, shows in the same moment. A link
 * that did not answer before shows nothing: its node may be dead. A slow control takes its time off every probe: what a busy
 * machine does to all is no fault of a link.
 */
import type {Clock} from '../core/clock.ts'
import type {Proof} from '../core/nemesis.ts'
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
import {withLag} from './lag.ts'
import {mostSlackMs, type Probe, shows} from './packet-kinds.ts'

/** Links that are probed for one proof, and as controls. */
const PROBED_LINKS = 4
/** How often it is tried to find a moment in which the machine is not too busy to show anything. */
const ATTEMPTS = 3

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
  clock: Clock,
): Promise<ShapeProver> {
  const pingLinks = (probed: readonly Link[]) =>
    pingAll(network, probed as readonly PingPath[], probe.limitMs, probe.bytes)
  const candidates = links.filter(({to}) => to !== 'clients').slice(0, 2 * PROBED_LINKS)
  const controls = untouched(nodes, links).slice(0, PROBED_LINKS)
  const baseline = await pingLinks(candidates)
  const sound = candidates
    .filter((_, i) => baseline[i]?.reachable && !shows(probe, baseline[i] as Ping, 0))
    .slice(0, PROBED_LINKS)
  const repeated = sound.flatMap((link) => Array.from({length: probe.times ?? 1}, () => link))
  const inForce = async () => (await readBackAll(network, links, cause)).filter((text) => text !== '').length
  return {
    async proveShape() {
      const confirmed = await inForce()
      const whole = confirmed === links.length && links.length > 0
      if (typeof probe.sign === 'object' && 'counted' in probe.sign) {
        const {counted} = probe.sign
        const before = await network.hits?.(links, counted)
        await pingLinks(repeated)
        const after = await network.hits?.(links, counted)
        const hits = before === undefined || after === undefined ? 0 : after - before
        return {
          verified: whole && hits >= (probe.least === 'every' ? 1 : probe.least),
          evidence: `${confirmed}/${links.length} links read back; ${hits} messages struck during ${repeated.length} probes`,
        }
      }
      for (let attempt = 1; ; attempt++) {
        const {proof, tooBusy} = await probeOnce(confirmed, whole)
        if (!tooBusy || attempt === ATTEMPTS) return proof
      }
    },
    async proveClean() {
      const left = await inForce()
      return {verified: left === 0, evidence: `${links.length - left}/${links.length} links clean again`}
    },
  }

  /** `tooBusy`: everything was so slow that nothing could show. */
  async function probeOnce(
    confirmed: number,
    whole: boolean,
  ): Promise<{readonly proof: Proof; readonly tooBusy: boolean}> {
    // Only now: what reading back costs must not slow the probes.
    const {result, lagMs} = await withLag(clock, Promise.all([pingLinks(repeated), pingLinks(controls)]))
    const [pings, compared] = result
    const answered = compared.filter(({reachable}) => reachable)
    // Where no link is left alone, what the slowest took before has to do.
    const slackMs = Math.max(lagMs, slowest(controls.length === 0 ? baseline : answered))
    const felt = pings.filter((seen) => shows(probe, seen, slackMs)).length
    const least = probe.least === 'every' ? Math.max(1, pings.filter(({reachable}) => reachable).length) : probe.least
    const tooBusy = slackMs > mostSlackMs(probe)
    const controlled = !tooBusy && (controls.length === 0 || answered.length > 0)
    const proof = {
      verified: whole && controlled && felt >= least,
      evidence: `${confirmed}/${links.length} links read back; ${
        sound.length === 0 ? 'no link answered a probe before' : `${felt}/${pings.length} probes felt it`
      }${fastest(baseline, 'before')}${fastest(pings, 'now')}, everything else up to ${slackMs.toFixed(1)} ms`,
    }
    return {proof, tooBusy}
  }
}

/** Links that can be probed and are left alone in both directions. */
function untouched(nodes: readonly NodeId[], links: readonly Link[]): Link[] {
  const nameOf = ({from, to}: Link) => (from < to ? `${from},${to}` : `${to},${from}`)
  const touched = new Set(links.map(nameOf))
  const all: Link[] = [...allLinks(nodes), ...nodes.map((to): Link => ({from: 'clients', to}))]
  return all.filter((link) => !touched.has(nameOf(link)))
}

function slowest(pings: readonly Ping[]): number {
  return Math.max(0, ...pings.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number))
}

function fastest(pings: readonly Ping[], when: string): string {
  const times = pings.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number)
  return times.length === 0 ? '' : `, fastest ${when} ${Math.min(...times).toFixed(1)} ms`
}
