/**
 * How a connection ends, and what a proxy makes of it.
 *
 * The real server knows one end only: whatever happens on one side, both sockets are closed, and each peer reads a FIN. A
 * test of a distributed system needs more. A FIN says "that was all I had to say", and an answer may follow; a reset says
 * "I am gone", and servers drop work for it. So a strict server passes on what it saw, and what the proxy itself tears
 * apart is reset: neither side said goodbye, and bytes may be missing.
 */
import type {Socket} from 'node:net'

/**
 * `fin`: one direction is over, the other goes on. `reset`: the connection broke, both directions are over. `close`: both
 * are over and nothing is missing, so each peer reads a FIN.
 */
export type End = 'fin' | 'reset' | 'close'

/**
 * Whether a socket that was read to its end, and that has not itself said `fin`, was really reset. libuv reports a reset
 * that arrives together with the last bytes as their polite end; but the kernel knows no peer of it any more.
 */
export function wasReset(socket: Socket): boolean {
  return !socket.destroyed && socket.remoteAddress === undefined
}
