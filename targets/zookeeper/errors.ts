/**
 * What an error code of ZooKeeper says about whether a request took place. A code in a reply is the result of the request at
 * its place in the order of all transactions (`server/PrepRequestProcessor.java`); the numbers are those of
 * `KeeperException.Code` in ZooKeeper 3.8.0. What client libraries call connection loss (-4) and operation timeout (-7) is no
 * reply at all.
 */
export const CODES = {noNode: -101, noAuth: -102, badVersion: -103, nodeExists: -110, notEmpty: -111} as const

export interface KnownError {
  readonly code: number
  readonly name: string
  /** Whether certainly nothing was changed. */
  readonly definite: boolean
  readonly because: string
}

export const ERRORS: readonly KnownError[] = [
  {code: -101, name: 'noNode', definite: true, because: 'the transaction is an error: there is no such node'},
  {code: -102, name: 'noAuth', definite: true, because: 'the check of rights comes before the transaction'},
  {code: -103, name: 'badVersion', definite: true, because: 'the transaction is an error: another version is there'},
  {code: -108, name: 'noChildrenForEphemerals', definite: true, because: 'the transaction is an error'},
  {code: -110, name: 'nodeExists', definite: true, because: 'the transaction is an error: the node is there'},
  {code: -111, name: 'notEmpty', definite: true, because: 'the transaction is an error: the node has children'},
  {code: -114, name: 'invalidAcl', definite: true, because: 'checked before the transaction'},
  {code: -115, name: 'authFailed', definite: true, because: 'the session was refused'},
  {code: -119, name: 'notReadOnly', definite: true, because: 'the server is alone and only answers reads'},
  {code: -6, name: 'unimplemented', definite: true, because: 'the server does not know the request'},
  {code: -8, name: 'badArguments', definite: true, because: 'checked before the transaction'},
  {code: -1, name: 'systemError', definite: false, because: 'something broke in the middle of it'},
  {code: -4, name: 'connectionLoss', definite: false, because: 'no reply: it may have been proposed'},
  {code: -7, name: 'operationTimeout', definite: false, because: 'no reply in time'},
  {code: -112, name: 'sessionExpired', definite: false, because: 'what the session asked before may still be applied'},
  {
    code: -118,
    name: 'sessionMoved',
    definite: false,
    because: 'the session is alive elsewhere, with what it had asked',
  },
  {code: -122, name: 'requestTimeout', definite: false, because: 'it was forwarded and not answered in time'},
]

export class ZooKeeperError extends Error {
  override name = 'ZooKeeperError'
  readonly code: number

  constructor(code: number) {
    super(ERRORS.find((known) => known.code === code)?.name ?? `error ${code}`)
    this.code = code
  }

  /** Whether certainly nothing was changed. Codes that are not in the table are indefinite. */
  get definite(): boolean {
    return ERRORS.find(({code}) => code === this.code)?.definite ?? false
  }
}
