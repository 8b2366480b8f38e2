/**
 * What Maelstrom offers to nodes: stores of keys and values with different promises, and a source of timestamps. Nodes talk
 * to them as they do to each other.
 */
import type {Body} from '../packet.ts'

/** Answers one request at a time. The answer is without `in_reply_to`, which is the network's business. */
export interface Service {
  handle(client: string, request: Body): Body
}

export function refusal(code: number, text: string): Body {
  return {type: 'error', code, text}
}
