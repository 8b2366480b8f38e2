/**
 * reset_peer {timeout: ms}: once the first chunk (or the close) arrives in this direction, waits and then resets. Idle
 * connections are untouched. On the real server a connection that is older than the toxic is closed by FIN, not RST: it
 * decides how a socket will close when it accepts it. A strict server resets it all the same.
 */
import {INTERRUPT, type Toxic} from './toxic.ts'

export const resetPeer: Toxic = {
  attributes: ['timeout'],
  resets: true,
  breaks: true,
  async run(stub, {timeout = 0}) {
    if ((await stub.read()) === INTERRUPT) return
    // The chunk is gone, so there is no way back: the wait is not interruptible, and removal waits for it.
    await stub.sleepThrough(timeout)
    stub.close()
  },
}
