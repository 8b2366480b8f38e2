/**
 * Membership of clusters whose nodes are our own code. A protocol with `reconfigures: true` tells in its status who the
 * members are, and takes requests to change them; this makes the control of it that a nemesis uses, in both worlds.
 *
 *   status   `{type: 'status', …, members: ['n1', 'n2']}`: those of the newest configuration that is in force
 *   request  `{type: 'reconfigure', members: ['n1', 'n3']}`: who is to be a member from now on; asking twice does no harm
 *   answer   `{type: 'reconfigured', members}` once that is in force, `{type: 'refused', reason}` where this node cannot
 *            do it (it does not lead, another change is under way): asked again. No answer, no knowledge: asked again too
 *
 * Asked is the leader. Among equals it is the one that knows of most changes, by the `term` in its status.
 *
 * A node that is no member goes on running with its disk, and is let in again with what it has.
 */
import {type Clock, sleep} from './clock.ts'
import type {MembershipControl, Observation} from './cluster.ts'
import type {Message, NodeId} from './node.ts'
import {isLed, leaderOf, type Statuses, statusesOf} from './status.ts'
import type {Protocol, TargetOptions} from './target.ts'

/** How long a change may take until it is in force, ms. */
const LIMIT_MS = 8000
/** How long one node may take to answer that it is, ms. */
const ANSWER_MS = 2000
/** Between two attempts, ms. */
const RETRY_MS = 100

/** Whether members of such a cluster can be changed: true, or why not. */
export function reconfigurable(
  protocol: Omit<Protocol, 'createNode' | 'createSession'>,
  options: TargetOptions,
): true | string {
  if (protocol.reconfigures !== true) return 'its members are fixed when it starts'
  return protocol.fixedMembers?.(options) ?? true
}

export interface Reconfigurable {
  readonly nodes: readonly NodeId[]
  readonly clock: Clock
  readonly observe: Observation
  /** Sends a request to a node past all links; undefined where it does not answer in time. */
  ask(node: NodeId, request: Message, limitMs: number): Promise<Message | undefined>
}

export function membershipOf({nodes, clock, observe, ask}: Reconfigurable): MembershipControl {
  const statuses = () => statusesOf(observe, nodes)

  /** Makes the members what `wanted` makes of those there are. Throws Error with the last refusal where nobody can. */
  async function change(what: string, wanted: (members: readonly NodeId[]) => NodeId[]): Promise<void> {
    const deadlineNs = clock.nowNs() + LIMIT_MS * 1e6
    let refusal = 'nobody leads'
    for (;;) {
      const known = await statuses()
      const whom = leaderOf(known) ?? (isLed(known) ? undefined : tellingOf(known)[0]?.node)
      const members = membersIn(known)
      if (whom !== undefined && members !== undefined) {
        const answer = await ask(whom, {type: 'reconfigure', members: wanted(members)}, ANSWER_MS)
        if (answer?.type === 'reconfigured') return
        refusal = `${whom}: ${answer === undefined ? 'no answer' : String(answer['reason'] ?? answer.type)}`
      }
      if (clock.nowNs() >= deadlineNs)
        throw new Error(`${what} was not possible within ${LIMIT_MS / 1000} s (${refusal})`)
      await sleep(clock, RETRY_MS)
    }
  }

  const members = async () => membersIn(await statuses()) ?? []
  // In the order of the nodes, so that the same members are always the same list.
  const add = (node: NodeId) =>
    change(`adding ${node}`, (members) => nodes.filter((each) => each === node || members.includes(each)))
  return {
    members,
    add,
    remove: (node) => change(`removing ${node}`, (members) => members.filter((each) => each !== node)),
    async restore() {
      const present = await members()
      if (present.length > 0) for (const node of nodes) if (!present.includes(node)) await add(node)
    },
  }
}

/** Who the members are: as the leader has it; without one, as the node with the highest term has it. */
function membersIn(statuses: Statuses): readonly NodeId[] | undefined {
  return tellingOf(statuses)[0]?.members
}

/** Those that tell who the members are, the one first that is to be believed. */
function tellingOf(statuses: Statuses): {node: NodeId; term: number; members: readonly NodeId[]}[] {
  const leader = leaderOf(statuses)
  const telling = [...statuses].flatMap(([node, status]) => {
    const members = status?.['members']
    return Array.isArray(members) ? [{node, term: Number(status?.['term'] ?? 0), members: members as NodeId[]}] : []
  })
  return telling.sort((a, b) => Number(b.node === leader) - Number(a.node === leader) || b.term - a.term)
}
