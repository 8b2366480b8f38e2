/**
 * How many messages a run took, where the cluster carries each of them itself. The count stands at the end of a record, as
 * what the process `network` was asked and answered, so that whoever judges the record later knows it too.
 */
import type {Op} from './op.ts'
import type {Sequence} from './sequence.ts'

export interface MessageCount {
  readonly sent: number
  readonly received: number
  /** Lost by cuts and by chance, or sent to a node that was dead. */
  readonly lost: number
}

export interface Messages {
  readonly all: MessageCount
  /** To and from clients. */
  readonly clients: MessageCount
  /** Among nodes and the services of the network. */
  readonly servers: MessageCount
}

/** Who counts, and as what it is recorded. */
export const NETWORK_PROCESS = 'network'
export const COUNT_MESSAGES = 'messages'

/** The count of a record; undefined where there is none. `ops` are those of no client. */
export function messagesIn(ops: Sequence<Op>): Messages | undefined {
  const counts = ops.filter(({process, f}) => process === NETWORK_PROCESS && f === COUNT_MESSAGES)
  return (counts.at(-1)?.value ?? undefined) as Messages | undefined
}
