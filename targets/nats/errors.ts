/**
 * What an error of JetStream says about whether a message was stored. Errors have a code of their own within those of HTTP
 * (`server/errors.json` of nats-server 2.9.10). Definite are those that the leader of a stream answers before it proposes
 * (`processClusteredInboundMsg` in `server/jetstream_cluster.go`), and those that every replica comes to when it applies the
 * message (`processJetStreamMsg` in `server/stream.go`). All rows were read in the sources of 2.9.10.
 *
 * Whatever is not in this table is indefinite. Those of resources look definite and are not: `processClusteredInboundMsg` says
 * them before the proposal, but `processJetStreamMsg` says them too, of a message that a majority has already agreed on, by
 * what is left on the leader alone; it then steps down, and the others may keep the message. Likewise 10077.
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
  {code: 10060, definite: true, because: 'another stream was expected: the same for every replica'},
  {code: 10037, definite: true, because: 'no message found: an answer to a read'},
  {code: 10059, definite: true, because: 'stream not found: there is nobody who could store it'},
  {code: 10014, definite: true, because: 'consumer not found: nothing was asked of it'},
  {code: 10054, definite: true, because: 'the message is larger than the stream takes: the same for every replica'},
  {code: 10097, definite: true, because: 'its headers are larger than 64 kB: the same for every replica'},
  {code: 10076, definite: true, because: 'JetStream is not enabled on this server'},
  {code: 10039, definite: true, because: 'JetStream is not enabled for this account'},
  {code: 10120, definite: true, because: 'the account has no limits for JetStream: checked before the proposal'},
  {
    code: 10002,
    definite: false,
    because: 'over the limits of the account: also said once it was stored, before it is removed',
  },
  {
    code: 10023,
    definite: false,
    because: 'insufficient resources: also said by a leader that applies what others may keep',
  },
  {code: 10028, definite: false, because: 'insufficient memory: also said once it was stored, before it is removed'},
  {code: 10047, definite: false, because: 'insufficient storage: also said once it was stored, before it is removed'},
  {code: 10063, definite: false, because: 'expected sequence does not match: the replica itself is behind or ahead'},
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
