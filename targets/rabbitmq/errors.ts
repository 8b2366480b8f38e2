/**
 * What an answer of RabbitMQ says about whether a message was stored. A channel is closed with one of the reply codes of AMQP
 * 0-9-1 ("Appendix B: AMQP reply codes"); those below are given instead of storing what was published to it.
 *
 * A nack is not among them: "the broker was unable to successfully process the message", which a node that lost its queue's
 * leader says as well of messages that the leader had stored.
 */
export const DEFINITE: Readonly<Record<number, string>> = {
  403: 'access refused: the client may not do this',
  404: 'not found: there is no such queue, or the node that has it is down',
  405: 'resource locked: another connection has it for itself',
  406: 'precondition failed: the queue is there with other arguments',
}

/** Whether this error means that nothing was stored. An operation on a channel that was closed before was never sent. */
export function isDefinite(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'IllegalOperationError') return true
  const {code} = error as {code?: unknown}
  return typeof code === 'number' && Object.hasOwn(DEFINITE, code)
}
