/**
 * What an error of Redis says about whether a command was executed. An error reply with one of these codes is given instead
 * of executing the command (server.c, processCommand); any other reply to a script or a command may come after part of it.
 */
export const DEFINITE: Readonly<Record<string, string>> = {
  READONLY: 'a replica takes no writes',
  NOREPLICAS: 'too few replicas are in touch for `min-replicas-to-write`',
  LOADING: 'the dataset is still being loaded',
  MASTERDOWN: 'a replica without its primary, told not to serve stale data',
  MISCONF: 'the last snapshot failed, so writes are refused',
  OOM: 'no memory is left under `maxmemory`',
  BUSY: 'a script has been running for too long',
  NOAUTH: 'the client has not said who it is',
  NOPERM: 'the client may not do this',
}

/** Whether this error reply means that nothing was executed. Anything but a reply of the server never does. */
export function isDefinite(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return false
  return Object.hasOwn(DEFINITE, error.message.split(' ')[0] ?? '')
}
