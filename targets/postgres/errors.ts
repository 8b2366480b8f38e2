/**
 * What an error of PostgreSQL says about whether a statement or a COMMIT took effect. Codes are those of the manual's
 * appendix A, "PostgreSQL Error Codes"; their first two characters are the class.
 *
 * Definite are the classes that are raised by the statement itself or by the checks before the commit is written: the
 * transaction is then rolled back as a whole (manual, 3.4). Whatever is not in this table is indefinite: among others 08
 * (connection), 40003 (statement completion unknown), 57 (operator intervention: a backend that waits for its standby when
 * it is told to go has committed already), 53 and 58 and XX (the machine failed, at a moment that nobody knows).
 */
export const DEFINITE: Readonly<Record<string, string>> = {
  '0A': 'feature not supported',
  '22': 'data exception',
  '23': 'integrity constraint violation',
  '25': 'invalid transaction state, as a change in a read-only transaction (25006)',
  '28': 'invalid authorization',
  '3D': 'there is no such database',
  '40': 'transaction rollback: serialization failure (40001), deadlock (40P01)',
  '42': 'syntax error or access rule violation',
  '53300': 'too many connections: this one was refused',
  '55': 'object not in prerequisite state, as a lock that was not to be had (55P03)',
  '57P03': 'cannot connect now: the server is starting, stopping or recovering',
}

/** Exceptions from the classes above. */
const INDEFINITE: Readonly<Record<string, string>> = {
  '40003': 'statement completion unknown',
}

/** Whether an error with this SQLSTATE means that nothing took effect. */
export function isDefinite(code: string | undefined): boolean {
  if (code === undefined || Object.hasOwn(INDEFINITE, code)) return false
  return Object.hasOwn(DEFINITE, code) || Object.hasOwn(DEFINITE, code.slice(0, 2))
}
