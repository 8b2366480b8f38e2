/**
 * The namespaces of a cluster: one for each node, with a cable to the namespace we run in, which routes between them. Each
 * is held open by a process that ends with us.
 *
 * Programs need not know. A node listens on its own 127.0.0.1 as it would without namespaces, and what arrives at its
 * address is handed to that, as if it came from there: some programs trust nobody else. What is dialled at 127.0.0.1 of the router, or at a loopback address that stands for a link,
 * is handed to the node that listens there.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {readlinkSync} from 'node:fs'
import {sleep, wallClock} from '../../core/clock.ts'
import {EnvironmentError, UsageError} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import {type Addresses, addressBook, MOST_NODES, type NodeAddresses, ROUTER_PORTS} from './addresses.ts'
import {inNamespace, tool} from './run.ts'

const UP_LIMIT_MS = 5000
/** The longest that TCP waits before it sends again, where the kernel can be told: links work soon after a cut has healed. */
const SETTLE = '[ ! -e /proc/sys/net/ipv4/tcp_rto_max_ms ] || echo 1000 > /proc/sys/net/ipv4/tcp_rto_max_ms'

const ROUTER = `set -e
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
echo '${ROUTER_PORTS}' > /proc/sys/net/ipv4/ip_local_port_range
${SETTLE}
nft -f - <<'RULES'
table ip chaos {
  map hosts { type ipv4_addr . inet_service : ipv4_addr . inet_service; }
  chain detours_out { }
  chain detours_in { }
  chain out { type nat hook output priority -100; jump detours_out; dnat ip to ip daddr . tcp dport map @hosts; }
  chain in { type nat hook prerouting priority -100; jump detours_in; }
  chain post { type nat hook postrouting priority 100; oifname "chaos*" ip saddr 127.0.0.0/8 masquerade; }
  chain between { type filter hook forward priority 0; }
  chain from_clients { type filter hook output priority 0; }
  chain to_clients { type filter hook input priority 0; }
}
RULES
`

export class Topology {
  readonly addresses: Addresses
  readonly #holders = new Map<NodeId, ChildProcess>()

  private constructor(nodes: readonly NodeId[]) {
    this.addresses = addressBook(nodes)
  }

  /** Throws EnvironmentError when the system refuses, UsageError for too many nodes. */
  static async open(nodes: readonly NodeId[]): Promise<Topology> {
    if (nodes.length > MOST_NODES)
      throw new UsageError(`A cluster in namespaces has at most ${MOST_NODES} nodes, not ${nodes.length}.`)
    const topology = new Topology(nodes)
    try {
      await Promise.all([tool(['sh'], ROUTER), ...nodes.map((node) => topology.#hold(node))])
      await tool(['ip', '-batch', '-'], topology.#cables())
      await Promise.all(nodes.map((node) => tool(topology.inside(node, ['sh']), nodeScript(topology.of(node)))))
      return topology
    } catch (error) {
      await topology.close()
      throw error
    }
  }

  of(node: NodeId): NodeAddresses {
    return this.addresses.get(node) as NodeAddresses
  }

  /** The words that run a command on a node. */
  inside(node: NodeId, words: readonly string[]): string[] {
    return inNamespace(this.#holders.get(node)?.pid as number, words)
  }

  /** Lets go of the namespaces; they are gone when their last process is. */
  async close(): Promise<void> {
    const ended = [...this.#holders.values()]
      .filter((holder) => holder.exitCode === null && holder.signalCode === null)
      .map((holder) => new Promise((resolve) => holder.once('exit', resolve)))
    for (const holder of this.#holders.values()) holder.kill('SIGKILL')
    await Promise.all(ended)
    const devices = [...this.addresses.values()].map(({device}) => `link del ${device}\n`).join('')
    await tool(
      ['sh'],
      `ip -force -batch - 2>/dev/null <<'B' || true\n${devices}B\nnft delete table ip chaos || true`,
    ).catch(() => {})
  }

  /** Starts the process that keeps a node's namespace: it reads from us, and so ends with us. */
  async #hold(node: NodeId): Promise<void> {
    const holder = spawn('unshare', ['--net', '--', 'cat'], {stdio: ['pipe', 'ignore', 'pipe']})
    this.#holders.set(node, holder)
    holder.stdin?.on('error', () => {})
    let said = ''
    holder.stderr?.on('data', (data) => {
      said += String(data)
    })
    const clock = wallClock()
    const ours = readlinkSync('/proc/self/ns/net')
    for (;;) {
      if (holder.exitCode !== null || holder.pid === undefined)
        throw new EnvironmentError(`The network namespace of ${node} cannot be made.`, [said.trim()])
      if (readlinkSync(`/proc/${holder.pid}/ns/net`) !== ours) return
      if (clock.nowNs() > UP_LIMIT_MS * 1e6)
        throw new EnvironmentError(`The network namespace of ${node} was not there in ${UP_LIMIT_MS / 1000} s.`)
      await sleep(clock, 1)
    }
  }

  #cables(): string {
    return [...this.addresses]
      .map(
        ([node, {device, router}]) =>
          `link add ${device} type veth peer name eth0 netns ${this.#holders.get(node)?.pid}\n` +
          `addr add ${router}/24 dev ${device}\nlink set ${device} up\n`,
      )
      .join('')
  }
}

function nodeScript({router, peers, clients, ports}: NodeAddresses): string {
  return `set -e
ip -batch - <<'LINKS'
link set lo up
addr add ${peers}/24 dev eth0
addr add ${clients}/24 dev eth0
link set eth0 up
route add default via ${router}
LINKS
echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
echo '${ports}' > /proc/sys/net/ipv4/ip_local_port_range
${SETTLE}
nft -f - <<'RULES'
table ip chaos {
  map local { type inet_service : ipv4_addr; }
  map links { type ipv4_addr . inet_service : ipv4_addr . inet_service; }
  chain in { type nat hook prerouting priority -100; iifname "eth0" dnat to tcp dport map @local; }
  chain seen { type nat hook input priority 100; iifname "eth0" ip daddr 127.0.0.0/8 snat to 127.0.0.1; }
  chain out { type nat hook output priority -100; dnat ip to ip daddr . tcp dport map @links; }
  chain post { type nat hook postrouting priority 100; oifname "eth0" ip saddr 127.0.0.0/8 masquerade; }
}
RULES
`
}
