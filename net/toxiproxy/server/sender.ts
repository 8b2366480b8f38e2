/**
 * Sends bytes on a TCP socket without the queue and the callbacks of Node's writable streams, which cost about as much as
 * the system call for the small messages a cluster exchanges. The kernel takes nearly every write at once; what it does
 * not take waits inside libuv, which keeps the order.
 *
 * This uses `process.binding`, deprecated without a replacement and without a date. Where it is gone, the stream's own
 * `write` serves (`createSender` decides), and only speed is lost.
 */
import type {Socket} from 'node:net'

export interface Sender {
  /** Sends bytes. False: some are still in the given memory. */
  write(data: Buffer): boolean
  /** Bytes are waiting. */
  busy(): boolean
}

interface WriteRequest {
  oncomplete: (status: number) => void
  buffer?: Buffer
}

interface StreamHandle {
  /** 0, or a negative errno. */
  writeBuffer(request: WriteRequest, data: Buffer): number
  readonly writeQueueSize: number
}

const WriteRequestClass = writeRequestClass()

/** The sender for a connected socket; `onIdle` is called whenever waiting bytes have left. */
export function createSender(socket: Socket, onIdle: () => void): Sender {
  const handle = (socket as unknown as {_handle?: StreamHandle | null})._handle
  if (WriteRequestClass === undefined || typeof handle?.writeBuffer !== 'function') return streamSender(socket, onIdle)
  return handleSender(socket, handle, WriteRequestClass, onIdle)
}

/** The same over the stream's own `write`. */
export function streamSender(socket: Socket, onIdle: () => void): Sender {
  let writes = 0
  const written = () => {
    writes--
    if (writes === 0) onIdle()
  }
  return {
    write(data) {
      writes++
      socket.write(data, written)
      return socket.writableLength === 0
    },
    busy: () => socket.writableLength > 0,
  }
}

function handleSender(
  socket: Socket,
  handle: StreamHandle,
  Request: new () => WriteRequest,
  onIdle: () => void,
): Sender {
  let waiting = 0
  const complete = (status: number) => {
    waiting--
    if (status < 0) socket.destroy()
    else if (waiting === 0) onIdle()
  }
  const ignore = () => {}
  // Only a request that waits is used up, and few do.
  let request = new Request()
  request.oncomplete = ignore
  return {
    write(data) {
      if (handle.writeBuffer(request, data) < 0) {
        socket.destroy()
        return true
      }
      // Every byte was taken: then nobody calls the request back.
      if (handle.writeQueueSize === 0) return true
      request.oncomplete = complete
      // Nobody else may hold the memory that libuv still reads.
      request.buffer = data
      request = new Request()
      request.oncomplete = ignore
      waiting++
      return false
    },
    busy: () => waiting > 0,
  }
}

function writeRequestClass(): (new () => WriteRequest) | undefined {
  const {binding} = process as unknown as {binding?: (name: string) => {WriteWrap?: new () => WriteRequest}}
  try {
    return binding?.('stream_wrap').WriteWrap
  } catch {
    return undefined
  }
}
