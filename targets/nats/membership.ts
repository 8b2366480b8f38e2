/**
 * Members are the replicas of the stream. One is removed by `peer-remove` (JetStream API, `STREAM.PEER.REMOVE`), upon which its
 * server goes on and has nothing of the stream any more. It comes back when the stream is told to have one replica less and then
 * one more: the servers that are left without one are those that were removed.
 *
 * nats-server 2.9.10 answers "peer remap failed" where no other server can take the place, and has removed the replica all the
 * same (`removePeerFromStreamLocked` in `server/jetstream_cluster.go`): what counts is the list.
 */
import type {JetStreamManager, NatsConnection} from 'nats'
import type {MembershipControl} from '../../core/cluster.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import {changeMembers} from '../../hosts/program/change-members.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import {upstream} from '../../hosts/program/services.ts'
import {connectTo, decoded, encoded, STREAM} from './connection.ts'

/** How long a server may take to answer, ms. */
const ANSWER_MS = 2000

export function membership({nodes, services, context}: ProgramCluster): MembershipControl {
  const {clock} = context
  /** Asks one server after the other, past all links; throws with the last refusal. */
  async function ask<T>(question: (manager: JetStreamManager, connection: NatsConnection) => Promise<T>): Promise<T> {
    let refusal: unknown
    for (const node of nodes) {
      try {
        return await managing(upstream(services, node, 'client'), ANSWER_MS, question)
      } catch (error) {
        refusal = error
      }
    }
    throw refusal
  }

  async function members(): Promise<readonly NodeId[]> {
    const {cluster} = await ask((manager) => manager.streams.info(STREAM))
    const names = [cluster?.leader, ...(cluster?.replicas ?? []).map(({name}) => name)]
    return nodes.filter((node) => names.includes(node))
  }

  async function add(node: NodeId): Promise<void> {
    await changeMembers({
      clock,
      node,
      present: true,
      members,
      async ask() {
        const present = (await members()).length
        for (const replicas of [present, present + 1])
          await ask((manager) => manager.streams.update(STREAM, {num_replicas: replicas}))
      },
    })
  }

  return {
    members,
    add,
    async remove(node) {
      await changeMembers({
        clock,
        node,
        present: false,
        members,
        ask: () =>
          ask(async (_manager, connection) => {
            const body = encoded({peer: node})
            const {data} = await connection.request(`$JS.API.STREAM.PEER.REMOVE.${STREAM}`, body, {timeout: ANSWER_MS})
            const {error} = decoded(data) as {readonly error?: {readonly description: string}}
            if (error !== undefined) throw new Error(error.description)
          }),
      })
    },
    async restore() {
      const present = await members()
      for (const node of nodes) if (!present.includes(node)) await add(node)
    },
  }
}

/** What one connection to this server asks of the API. */
export async function managing<T>(
  server: Endpoint,
  limitMs: number,
  work: (manager: JetStreamManager, connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const connection = await connectTo(server, limitMs)
  try {
    return await work(await connection.jetstreamManager({timeout: limitMs, checkAPI: false}), connection)
  } finally {
    void connection.close().catch(() => {})
  }
}
