/** What a node of Redis with Sentinel says of itself: what its server says of replication, and its sentinel of the primary. */
import type {Endpoint} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import {exchange} from '../../net/exchange.ts'
import {MASTER} from './client.ts'

/** Undefined where the server does not answer. `nodeAt` names the node whose server has this port. */
export async function statusOf(
  node: NodeId,
  server: Endpoint,
  sentinel: Endpoint,
  nodes: number,
  nodeAt: (port: number) => NodeId | undefined,
  limitMs: number,
): Promise<Message | undefined> {
  const [info, master] = await Promise.all([
    exchange({...server}, 'INFO replication\r\n', limitMs, isWholeBulk),
    exchange({...sentinel}, `SENTINEL MASTER ${MASTER}\r\n`, limitMs, isWholeArray),
  ])
  if (info === undefined) return undefined
  if (master === undefined) return {type: 'status', role: 'follower', ready: false}
  const replication = new Map(info.split('\r\n').map((line) => line.split(/:(.*)/s) as [string, string]))
  const known = fieldsOf(master)
  const leader = nodeAt(Number(known.get('port'))) ?? null
  const primary = replication.get('role') === 'master'
  const linked = primary || replication.get('master_link_status') === 'up'
  const others = nodes - 1
  const complete = Number(known.get('num-slaves')) >= others && Number(known.get('num-other-sentinels')) >= others
  // A primary that its sentinel does not take for one is about to become a replica; and the other way round.
  const agreed = primary === (leader === node)
  return {
    type: 'status',
    role: primary && agreed ? 'leader' : 'follower',
    term: Number(known.get('config-epoch') ?? 0),
    leader,
    ready: linked && complete && agreed && known.get('flags') === 'master',
    lastApplied: Number(replication.get(primary ? 'master_repl_offset' : 'slave_repl_offset') ?? 0),
  }
}

function isWholeBulk(text: string): boolean {
  const length = /^\$(\d+)\r\n/.exec(text)
  return text.startsWith('-') || (length !== null && text.length >= length[0].length + Number(length[1]) + 2)
}

function isWholeArray(text: string): boolean {
  const count = Number(/^\*(\d+)\r\n/.exec(text)?.[1])
  return text.startsWith('-') || (count > 0 && text.split('\r\n').length >= 2 + 2 * count)
}

/** The pairs of a flat array of bulk strings. */
function fieldsOf(text: string): Map<string, string> {
  const values = text.split('\r\n').filter((line) => line !== '' && !/^[*$]\d+$/.test(line))
  const pairs = values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1] ?? ''] as const] : []))
  return new Map(pairs)
}
