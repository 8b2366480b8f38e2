/**
 * What an error code of ZooKeeper says about whether a request took place. A code in a reply is the result of the request at
 * its place in the order of all transactions: `server/PrepRequestProcessor.java` makes an error of the whole transaction,
 * `server/FinalRequestProcessor.java` tells its code. Numbers and rows are those of ZooKeeper 3.8.0, each read there. Servers of
 * this version never send -1, -4, -7, -118 and -122: libraries say them of requests that had no reply.
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
  {code: -102, name: 'noAuth', definite: true, because: 'the transaction is an error: it lacks the right'},
  {code: -103, name: 'badVersion', definite: true, because: 'the transaction is an error: another version is there'},
  {code: -108, name: 'noChildrenForEphemerals', definite: true, because: 'the transaction is an error'},
  {code: -110, name: 'nodeExists', definite: true, because: 'the transaction is an error: the node is there'},
  {code: -111, name: 'notEmpty', definite: true, because: 'the transaction is an error: the node has children'},
  {code: -114, name: 'invalidAcl', definite: true, because: 'the transaction is an error: nobody would have rights'},
  {code: -115, name: 'authFailed', definite: true, because: 'an answer to a proof of who one is; the session ends'},
  {code: -119, name: 'notReadOnly', definite: true, because: 'the server is alone and only answers reads'},
  {code: -6, name: 'unimplemented', definite: true, because: 'the server does not know the request'},
  {code: -8, name: 'badArguments', definite: true, because: 'the transaction is an error: no such path can be'},
  {code: -125, name: 'quotaExceeded', definite: true, because: 'the transaction is an error: the quota is used up'},
  {code: -127, name: 'throttledOp', definite: true, because: 'the server is overloaded and made no transaction of it'},
  {
    code: -5,
    name: 'marshallingError',
    definite: false,
    because: 'also said when telling the result fails: it was applied',
  },
  {code: -1, name: 'systemError', definite: false, because: 'no reply of a server'},
  {code: -4, name: 'connectionLoss', definite: false, because: 'no reply: it may have been proposed'},
  {code: -7, name: 'operationTimeout', definite: false, because: 'no reply in time'},
  {code: -112, name: 'sessionExpired', definite: false, because: 'libraries say it of all that was under way'},
  {code: -118, name: 'sessionMoved', definite: false, because: 'no reply: the server closes the connection instead'},
  {code: -122, name: 'requestTimeout', definite: false, because: 'no reply in time'},
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
