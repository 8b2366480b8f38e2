/**
 * Members of an etcd cluster, removed and added as an operator does it (etcd documentation, "Runtime reconfiguration"): a
 * member is removed by its id, upon which its program ends by itself; it comes back as a new member, with an empty disk and
 * the list of those that are there, and is told everything by them.
 */
import type {MembershipControl} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import {leaderOf, statusesOf} from '../../core/status.ts'
import {changeMembers} from '../../hosts/program/change-members.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {upstream} from '../../hosts/program/services.ts'
import {askOnce} from '../../net/http.ts'

const ANSWER_MS = 2000

interface Member {
  readonly ID: string
  readonly peerURLs?: readonly string[]
}

/** Where peers reach each node, as it was told to say; and who a node that joins is told to look for. */
export interface Roster {
  readonly peerUrls: Map<NodeId, string>
  /** The members at the time of the last joining. */
  present: readonly NodeId[]
  /** Told whenever a node was asked for its status: one whose removal came to no certain end may end by itself at any time. */
  seen(node: NodeId): void
}

export const newRoster = (): Roster => ({peerUrls: new Map(), present: [], seen: () => {}})

export function membership(cluster: ProgramCluster, roster: Roster): MembershipControl {
  const {context, nodes, services} = cluster
  /** Nodes of whose removal nobody knows whether it was made. */
  const inDoubt = new Set<NodeId>()
  roster.seen = (node) => {
    if (inDoubt.has(node)) cluster.mayEnd(node)
  }
  const clientOf = (node: NodeId) => upstream(services, node, 'client')

  /** Asks the leader, or whoever else is a member; throws with the refusal. */
  async function ask<T>(what: string, body: object, not?: NodeId): Promise<T> {
    const running = nodes.filter((node) => node !== not && !cluster.retired.includes(node))
    const leader = leaderOf(await statusesOf(cluster.observe, running))
    const order = leader === undefined ? running : [leader, ...running.filter((node) => node !== leader)]
    let refusal = 'nobody answers'
    for (const node of order) {
      const path = `/v3/cluster/member/${what}`
      const answer = await askOnce({...clientOf(node)}, 'POST', path, JSON.stringify(body), ANSWER_MS)
      if (answer?.status === 200) return JSON.parse(answer.text) as T
      if (answer !== undefined) refusal = `${node}: ${messageIn(answer.text)}`
    }
    throw new Error(refusal)
  }

  async function list(not?: NodeId): Promise<(Member & {readonly node: NodeId})[]> {
    const {members} = await ask<{members: readonly Member[]}>('list', {}, not)
    return nodes.flatMap((node) => {
      const url = roster.peerUrls.get(node)
      const member = members.find(({peerURLs}) => peerURLs?.includes(url as string))
      return member === undefined ? [] : [{...member, node}]
    })
  }

  function until(node: NodeId, present: boolean, change: () => Promise<unknown>): Promise<void> {
    const members = async () => (await list(present ? undefined : node)).map((member) => member.node)
    return changeMembers({clock: context.clock, node, present, members, ask: change})
  }

  async function add(node: NodeId): Promise<void> {
    await until(node, true, async () => {
      if (!(await list()).some((member) => member.node === node))
        await ask('add', {peerURLs: [roster.peerUrls.get(node)]})
    })
    roster.present = (await list()).map((member) => member.node)
    await cluster.admit(node)
  }

  return {
    members: async () => (await list()).map(({node}) => node),
    add,
    async remove(node) {
      inDoubt.add(node)
      await until(node, false, async () => {
        const member = (await list(node)).find((each) => each.node === node)
        if (member === undefined) return
        cluster.mayEnd(node)
        await ask('remove', {ID: member.ID}, node)
      })
      inDoubt.delete(node)
      await cluster.retire(node)
    },
    async restore() {
      const present = (await list()).map(({node}) => node)
      for (const node of nodes) {
        const retired = cluster.retired.includes(node)
        // Removed after all, though nobody was told.
        if (!present.includes(node) && !retired) await cluster.retire(node)
        if (!present.includes(node) || retired) await add(node)
        inDoubt.delete(node)
      }
    },
  }
}

function messageIn(answer: string): string {
  try {
    return (JSON.parse(answer) as {error?: string}).error ?? answer
  } catch {
    return answer
  }
}
