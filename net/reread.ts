/**
 * How an accepted connection is read into memory of one's own (`onread`), again and again. Node's readable streams take 64 KiB
 * for each read, cut them to size, wrap them and hand them through a queue, which for small messages costs more than to read them.
 */
import {type OnReadOpts, Socket, type SocketConstructorOpts} from 'node:net'

/**
 * The connection as another socket that reads in this way: a server's sockets cannot be told, so the handle moves. Undefined
 * where a future Node hides the handle; then the socket that there is has to do.
 */
export function reread(
  accepted: Socket,
  onread: OnReadOpts,
  options: SocketConstructorOpts & {readonly pauseOnCreate?: boolean} = {},
): Socket | undefined {
  const holder = accepted as unknown as {_handle?: object | null}
  const handle = holder._handle
  if (handle === undefined || handle === null) return undefined
  holder._handle = null
  return new Socket({...options, handle, onread} as SocketConstructorOpts)
}
