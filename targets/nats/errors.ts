/**
 * What an error of JetStream says about whether a message was stored. Errors have a code of their own within those of HTTP
 * (`server/errors.json` of nats-server 2.9.10). Definite are those that the leader of a stream answers before it proposes
 * (`processClusteredInboundMsg` in `server/jetstream_cluster.go`), and those that every replica comes to when it applies the
 * message (`processJetStreamMsg` in `server/stream.go`).
 *
 * Whatever is not in this table is indefinite. 10077, "a message could not be stored", looks definite and is not: a leader
 * says it as well when its own store was closed while the others keep the message.
 */
export const CODES = {wrongLastSequence: 10071, noMessage: 10037} as const

export interface KnownError {
  readonly code: number
  /** Whether certainly nothing was stored. */
  readonly definite: boolean
  readonly because: string
}

export const ERRORS: readonly KnownError[] = [
  {code: 10071, definite: true, because: 'wrong last sequence: every replica refuses the message when it applies it'},
  {code: 10070, definite: true, because: 'wrong last message id: likewise'},
  {code: 10060, definite: true, because: 'another stream was expected: checked before the proposal'},
  {code: 10037, definite: true, because: 'no message found: an answer to a read'},
  {code: 10059, definite: true, because: 'stream not found: there is nobody who could store it'},
  {code: 10014, definite: true, because: 'consumer not found: nothing was asked of it'},
  {code: 10054, definite: true, because: 'the message is larger than the stream takes: checked before the proposal'},
  {code: 10002, definite: true, because: 'the limits of the account are exceeded: checked before the proposal'},
  {code: 10023, definite: true, because: 'insufficient resources: checked before the proposal'},
  {code: 10028, definite: true, because: 'insufficient memory: checked before the proposal'},
  {code: 10047, definite: true, because: 'insufficient storage: checked before the proposal'},
  {code: 10076, definite: true, because: 'JetStream is not enabled on this server'},
  {code: 10039, definite: true, because: 'JetStream is not enabled for this account'},
  {code: 10008, definite: false, because: 'temporarily unavailable: said where a request was passed on already, too'},
  {code: 10041, definite: false, because: 'an error of the replication itself'},
  {code: 10077, definite: false, because: 'the leader could not store it, and its store may have been closing'},
]

/** A message of a subject that nobody listens to reaches nobody ("no responders", NATS 2.2 and newer). */
const NO_RESPONDERS = '503'

/** The code within JetStream's own errors, if it is one. */
export function codeOf(error: unknown): number | undefined {
  return (error as {api_error?: {err_code?: number}})?.api_error?.err_code
}

/** Whether this error means that nothing was stored. */
export function isDefinite(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined) return (error as {code?: string})?.code === NO_RESPONDERS
  return ERRORS.find((known) => known.code === code)?.definite ?? false
}
