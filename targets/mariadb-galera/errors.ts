/**
 * What an error of MariaDB says about whether a statement or a COMMIT took effect, by its number (MariaDB documentation,
 * "MariaDB Error Codes"). Whatever is not in this table is indefinite, among others 1180 (error during COMMIT), 1317
 * (interrupted), 1053 (shutdown in progress) and every loss of the connection.
 */
export const DEFINITE: Readonly<Record<number, string>> = {
  1020: 'what was read has changed since (`innodb_snapshot_isolation`): the transaction was rolled back',
  1040: 'too many connections: this one was refused',
  1047: 'WSREP has not yet prepared the node for application use: the node refuses statements',
  1062: 'duplicate entry',
  1064: 'syntax error',
  1146: 'there is no such table',
  1205: 'lock wait timeout: the statement was rolled back',
  1213: 'deadlock, or certification failed: the transaction was rolled back',
  1290: 'the server is read-only',
}

export function isDefinite(errno: number | undefined): boolean {
  return errno !== undefined && Object.hasOwn(DEFINITE, errno)
}
