/**
 * What an error of etcd says about whether the operation took place. The server's messages are those of
 * `etcdserver/api/v3rpc/rpctypes/error.go`; where each is raised, before or after the proposal, decides.
 *
 * Definite errors are those that are raised before anything is proposed, or by the state machine instead of applying it.
 * Whatever is not in this table is indefinite: the proposal may still be committed, or have been.
 */

export interface KnownError {
  readonly message: RegExp
  /** Whether the operation certainly did not take place. */
  readonly definite: boolean
  readonly because: string
}

export const ERRORS: readonly KnownError[] = [
  {
    message: /request timed out/,
    definite: false,
    because: 'the proposal was made and not applied in time (etcdserver/v3_server.go, processInternalRaftRequestOnce)',
  },
  {message: /leader changed/, definite: false, because: 'a read or a proposal was waiting while the leader changed'},
  {message: /server stopped/, definite: false, because: 'the node stopped while the proposal was on its way'},
  {message: /no leader/, definite: false, because: 'raised by an interceptor while a stream is under way'},
  {
    message: /too many requests/,
    definite: true,
    because: 'refused before the proposal: too many entries wait to be applied (v3_server.go)',
  },
  {message: /request is too large/, definite: true, because: 'refused before the proposal (v3_server.go)'},
  {
    message: /database space exceeded/,
    definite: true,
    because:
      'refused by the quota before the proposal, or by the capped state machine instead of applying it (apply.go)',
  },
  {
    message: /key is not provided|value is provided|too many operations in txn|duplicate key given/,
    definite: true,
    because: 'the request was checked before anything was proposed (v3rpc/key.go)',
  },
  {message: /permission denied|user name is empty/, definite: true, because: 'refused by the check of rights'},
]

/** Whether an error of the server with this message means that the operation did not take place. */
export function isDefinite(message: string): boolean {
  return ERRORS.find((known) => known.message.test(message))?.definite ?? false
}
