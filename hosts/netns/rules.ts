/**
 * The faults in force as rules of nftables. The whole set is written anew in one transaction whenever it changes, so that
 * no packet meets half of it.
 */
import type {Link} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {lost, marked, type PacketFault, type Rule} from '../links/packet-faults.ts'
import type {Addresses, NodeAddresses} from './addresses.ts'

/** New connections to this service of a link are led to a proxy; old ones are reset, so that they come back through it. */
export interface Detour {
  readonly from: NodeId | 'clients'
  readonly to: NodeId
  readonly port: number
  readonly proxyPort: number
}

/** What passes at once on a link that has no queue of its own: two packets. */
const BURST_BYTES = 3000

/** The transaction that puts exactly these in force. */
export function transaction(rules: readonly Rule[], detours: readonly Detour[], addresses: Addresses): string {
  const chains = ['between', 'from_clients', 'to_clients', 'detours_out', 'detours_in']
  const lines = chains.map((chain) => `flush chain ip chaos ${chain}`)
  for (const {id, link, fault} of rules)
    lines.push(`add rule ip chaos ${packetsOf(link, addresses)} ${effectOf(fault, link, id)} ${marked(id)}`)
  for (const {from, to, port, proxyPort} of detours) {
    const there = addresses.get(to) as NodeAddresses
    if (from === 'clients') {
      lines.push(
        `add rule ip chaos detours_out ip daddr ${there.clients} tcp dport ${port} dnat to 127.0.0.1:${proxyPort}`,
      )
    } else {
      const {device} = addresses.get(from) as NodeAddresses
      lines.push(
        `add rule ip chaos detours_in iifname "${device}" ip daddr ${there.peers} tcp dport ${port} dnat to 127.0.0.1:${proxyPort}`,
      )
    }
    for (const link of [
      {from, to},
      {from: to, to: from},
    ] as Link[])
      lines.push(`add rule ip chaos ${packetsOf(link, addresses)} meta l4proto tcp reject with tcp reset`)
  }
  return `${lines.join('\n')}\n`
}

/** The chain that the packets of a link pass, and what tells them from others. */
function packetsOf({from, to}: Link, addresses: Addresses): string {
  if (from === 'clients') return `from_clients ip daddr ${addresses.get(to)?.clients}`
  // By the cable too: what a proxy answers comes from the same address, but not over it.
  if (to === 'clients') {
    const node = addresses.get(from)
    return `to_clients iifname "${node?.device}" ip saddr ${node?.clients}`
  }
  return `between ip saddr ${addresses.get(from)?.peers} ip daddr ${addresses.get(to)?.peers}`
}

function effectOf(fault: PacketFault, link: Link, id: number): string {
  if (fault.kind === 'cut') return fault.mode === 'refuse' ? 'meta l4proto tcp reject with tcp reset' : 'drop'
  if (fault.kind === 'loss') return lost(fault.probability)
  if (link.to !== 'clients') return `meta priority set ${classOf(id)}`
  return `limit rate over ${bytesPerSecond(fault.rateKBps)} bytes/second burst ${BURST_BYTES} bytes drop`
}

/**
 * The queues that slow packets down, on the cable of the node that they go to: one class of a hierarchical token bucket for
 * each link with a limited rate, chosen by the priority that its rule gives to packets. Everything else passes at once.
 * `present`: the devices that have queues now. Commands of `tc -batch`.
 *
 * What goes to clients ends in the router, where nothing is queued: that is limited by dropping.
 */
export function queues(rules: readonly Rule[], present: readonly string[], addresses: Addresses): string {
  const lines = present.map((device) => `qdisc del dev ${device} root`)
  for (const device of queueDevices(rules, addresses)) lines.push(`qdisc add dev ${device} root handle 1: htb`)
  for (const {id, link, fault} of rules) {
    const device = addresses.get(link.to)?.device
    if (fault.kind !== 'bandwidth' || device === undefined) continue
    const rate = bytesPerSecond(fault.rateKBps)
    lines.push(
      `class add dev ${device} parent 1: classid ${classOf(id)} htb rate ${rate}bps burst 1 cburst 1 quantum 1514`,
      `qdisc add dev ${device} parent ${classOf(id)} pfifo limit 1000`,
    )
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The devices whose packets are slowed down. */
export function queueDevices(rules: readonly Rule[], addresses: Addresses): string[] {
  const limited = rules.filter(({fault, link}) => fault.kind === 'bandwidth' && link.to !== 'clients')
  return [...new Set(limited.map(({link}) => addresses.get(link.to)?.device as string))]
}

function classOf(id: number): string {
  return `1:${((id % 0xff00) + 0x10).toString(16)}`
}

function bytesPerSecond(rateKBps: number): number {
  return Math.max(1, Math.round(rateKBps * 1000))
}
