/**
 * What an error of Redis says about whether a command was executed. Definite are the codes that `processCommand` in
 * `src/server.c` gives by `rejectCommand` before it executes anything, and EXECABORT (`execCommandAbort` in `src/multi.c`). A
 * script of ours that meets one of them in the middle has changed nothing either (`scriptVerifyWriteCommandAllow`,
 * `scriptVerifyOOM` in `src/script.c`): its only write is its last step. Any other reply may come after part of it. All rows were
 * read in the sources of 7.0.15.
 */
export interface KnownError {
  readonly code: string
  /** Whether certainly nothing was executed. */
  readonly definite: boolean
  readonly because: string
}

export const ERRORS: readonly KnownError[] = [
  {code: 'READONLY', definite: true, because: 'a replica takes no writes'},
  {code: 'NOREPLICAS', definite: true, because: 'too few replicas are in touch for `min-replicas-to-write`'},
  {code: 'LOADING', definite: true, because: 'the dataset is still being loaded'},
  {code: 'MASTERDOWN', definite: true, because: 'a replica without its primary, told not to serve stale data'},
  {code: 'MISCONF', definite: true, because: 'the last snapshot or append failed, so writes are refused'},
  {code: 'OOM', definite: true, because: 'no memory is left under `maxmemory`'},
  {code: 'BUSY', definite: true, because: 'another script has been running for too long'},
  {code: 'NOAUTH', definite: true, because: 'the client has not said who it is'},
  {code: 'NOPERM', definite: true, because: 'the client may not do this'},
  {code: 'UNBLOCKED', definite: false, because: 'a blocking command was interrupted: the primary became a replica'},
  {code: 'EXECABORT', definite: true, because: 'a transaction was thrown away before it began'},
  {code: 'ERR', definite: false, because: 'anything, a script that failed halfway among it'},
]

/** Whether this error reply means that nothing was executed. Anything but a reply of the server never does. */
export function isDefinite(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return false
  const [code] = error.message.split(' ')
  return ERRORS.find((known) => known.code === code)?.definite ?? false
}
