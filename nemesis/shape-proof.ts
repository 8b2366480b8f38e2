/**
 * The proof of a spoilt link, which can fail: the network says of every link that it is spoilt, and a probe of a link that
 * was sound just before now shows it. A link that did not answer before shows nothing: its node may be dead.
 */
import type {Proof} from '../core/nemesis.ts'
import type {Link, NetworkControl, Ping} from '../core/network.ts'
import type {NodeId} from '../core/node.ts'
import type {Probe} from './packet-kinds.ts'

/** Links that are probed for one proof. */
const PROBED_LINKS = 4

export interface ShapeProver {
  proveShape(): Promise<Proof>
  proveClean(): Promise<Proof>
}

/** Probes the links before they are spoilt. */
export async function beforeShape(
  network: NetworkControl,
  links: readonly Link[],
  cause: string,
  probe: Probe,
): Promise<ShapeProver> {
  const ping = ({from, to}: Link) => network.ping(from, to as NodeId, probe.limitMs, probe.bytes)
  const candidates = links.filter(({to}) => to !== 'clients').slice(0, 2 * PROBED_LINKS)
  const baseline = await Promise.all(candidates.map(ping))
  const sound = candidates
    .filter((_, i) => baseline[i]?.reachable && probe.felt?.(baseline[i] as Ping) !== true)
    .slice(0, PROBED_LINKS)
  const again = () => Promise.all(sound.flatMap((link) => Array.from({length: probe.times ?? 1}, () => ping(link))))
  const inForce = async () =>
    (await Promise.all(links.map((link) => network.readBack(link, cause)))).filter((text) => text !== '').length
  return {
    async proveShape() {
      const [confirmed, pings] = await Promise.all([inForce(), again()])
      const felt = pings.filter((seen) => probe.felt?.(seen)).length
      const whole = confirmed === links.length && links.length > 0
      if (probe.felt === undefined) {
        return {verified: whole, evidence: `${confirmed}/${links.length} links read back; no probe can show it`}
      }
      return {
        verified: whole && felt > 0,
        evidence: `${confirmed}/${links.length} links read back; ${
          sound.length === 0 ? 'no link answered a probe before' : `${felt}/${pings.length} probes felt it`
        }${fastest(baseline, 'before')}${fastest(pings, 'now')}`,
      }
    },
    async proveClean() {
      const left = await inForce()
      return {verified: left === 0, evidence: `${links.length - left}/${links.length} links clean again`}
    },
  }
}

function fastest(pings: readonly Ping[], when: string): string {
  const times = pings.filter(({reachable}) => reachable).map(({rttMs}) => rttMs as number)
  return times.length === 0 ? '' : `, fastest ${when} ${Math.min(...times).toFixed(1)} ms`
}
