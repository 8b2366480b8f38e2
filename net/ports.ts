/** Free ports and reachability, on this machine. */

import {type AddressInfo, connect, createServer} from 'node:net'
import {wallClock} from '../core/clock.ts'

export interface HostPort {
  host: string
  port: number
}

/**
 * A port nobody listens on right now. Only for programs that cannot bind port 0 and say what they got; somebody else may
 * take it in between, so be ready to try again.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({host, port: 0, exclusive: true}, resolve)
  })
  const {port} = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

/** Why no TCP connection can be made to the address within `limitMs`; undefined when one can. */
export function unreachable({host, port}: HostPort, limitMs: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect({host, port})
    const done = (error?: Error) => {
      cancel()
      socket.destroy()
      resolve(error)
    }
    const cancel = wallClock().after(limitMs, () => done(new Error(`no answer within ${limitMs} ms`)))
    socket.once('connect', () => done())
    socket.once('error', done)
  })
}

/** `host:port`, with brackets around IPv6. */
export function hostPort({host, port}: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The parts of `host:port`. Throws RangeError. */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text)
  if (match === null) throw new RangeError(`not an address: ${text} (expected host:port)`)
  return {host: match[1] ?? match[2] ?? '', port: Number(match[3])}
}
