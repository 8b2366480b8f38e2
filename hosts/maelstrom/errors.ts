/** The errors of Maelstrom's protocol: which of them say that nothing happened (definite), and which leave it open. */

export interface ErrorKind {
  readonly name: string
  readonly definite: boolean
}

export const ERRORS: Readonly<Record<number, ErrorKind>> = {
  0: {name: 'timeout', definite: false},
  1: {name: 'node-not-found', definite: true},
  10: {name: 'not-supported', definite: true},
  11: {name: 'temporarily-unavailable', definite: true},
  12: {name: 'malformed-request', definite: true},
  13: {name: 'crash', definite: false},
  14: {name: 'abort', definite: true},
  20: {name: 'key-does-not-exist', definite: true},
  21: {name: 'key-already-exists', definite: true},
  22: {name: 'precondition-failed', definite: true},
  30: {name: 'txn-conflict', definite: true},
}

/** What a code stands for; one that the protocol does not know may mean anything. */
export function errorKind(code: number): ErrorKind {
  return ERRORS[code] ?? {name: `error-${code}`, definite: false}
}
