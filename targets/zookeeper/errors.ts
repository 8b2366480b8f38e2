/**
 * What an error code of ZooKeeper says about whether a request took place. A code in a reply is the result of the request at
 * its place in the order of all transactions (server/PrepRequestProcessor.java): those below say that it changed nothing. What
 * clients call connection loss is no reply at all.
 */
export const CODES = {noNode: -101, noAuth: -102, badVersion: -103, nodeExists: -110, notEmpty: -111} as const

/** Codes that mean that nothing was changed. Whatever is not here is indefinite: an expired or moved session among them. */
const DEFINITE: ReadonlySet<number> = new Set([...Object.values(CODES), -6, -8, -114, -115])

export class ZooKeeperError extends Error {
  override name = 'ZooKeeperError'
  readonly code: number

  constructor(code: number) {
    const [name = `error ${code}`] = Object.entries(CODES).find(([, known]) => known === code) ?? []
    super(name)
    this.code = code
  }

  get definite(): boolean {
    return DEFINITE.has(this.code)
  }
}
