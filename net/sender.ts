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
  /** Sends text. What the kernel does not take at once waits in memory that nobody else has. */
  writeText(text: string): void
  /** Bytes that wait. */
  backlog(): number
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
  writeUtf8String(request: WriteRequest, text: string): number
  readonly writeQueueSize: number
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest
  /** What became of the last call of any handle, and at which place it says that the request is waited for. */
  readonly streamBaseState: ArrayLike<number>
  readonly kLastWriteWasAsync: number
}

const BINDING = streamBinding()

/** The sender for a connected socket; `onIdle` is called whenever waiting bytes have left. */
export function createSender(socket: Socket, onIdle: () => void): Sender {
  const handle = (socket as unknown as {_handle?: StreamHandle | null})._handle
  if (BINDING === undefined || typeof handle?.writeBuffer !== 'function') return streamSender(socket, onIdle)
  return handleSender(socket, handle, BINDING, onIdle)
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
    writeText(text) {
      writes++
      socket.write(text, written)
    },
    backlog: () => socket.writableLength,
    busy: () => socket.writableLength > 0,
  }
}

function handleSender(
  socket: Socket,
  handle: StreamHandle,
  {WriteWrap: Request, streamBaseState, kLastWriteWasAsync}: StreamBinding,
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
  /** What became of the call that was made last: false, if the request waits. */
  const taken = (error: number): boolean => {
    if (error < 0) {
      socket.destroy()
      return true
    }
    // Every byte was taken at once: then nobody calls the request back. That nothing is queued now does not say so: a kernel
    // that took only a part may take the rest a moment later in the same call, and the request is used up all the same.
    if (streamBaseState[kLastWriteWasAsync] === 0) return true
    request.oncomplete = complete
    waiting++
    return false
  }
  const nextRequest = () => {
    request = new Request()
    request.oncomplete = ignore
  }
  return {
    write(data) {
      if (taken(handle.writeBuffer(request, data))) return true
      // Nobody else may hold the memory that libuv still reads.
      request.buffer = data
      nextRequest()
      return false
    },
    writeText(text) {
      if (!taken(handle.writeUtf8String(request, text))) nextRequest()
    },
    backlog: () => (waiting > 0 ? handle.writeQueueSize : 0),
    busy: () => waiting > 0,
  }
}

function streamBinding(): StreamBinding | undefined {
  const {binding} = process as unknown as {binding?: (name: string) => Partial<StreamBinding>}
  try {
    const {WriteWrap, streamBaseState, kLastWriteWasAsync} = binding?.('stream_wrap') ?? {}
    return WriteWrap === undefined || streamBaseState === undefined || kLastWriteWasAsync === undefined
      ? undefined
      : {WriteWrap, streamBaseState, kLastWriteWasAsync}
  } catch {
    return undefined
  }
}
