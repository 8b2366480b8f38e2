/** Free ports and reachability, on this machine. */

import {createSocket, type Socket} from 'node:dgram'
import {type AddressInfo, connect, createServer, isIPv6} from 'node:net'
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

/**
 * Below the ports that the system gives to outgoing connections, and above those that services have for their own. Programs
 * and proxies have a half each: what is down for a while must not find its port taken by one of the others.
 */
const QUIET_PORTS = {programs: 20_000, proxies: 26_000}
const HALF = 6_000

let asked = process.pid * 16

/**
 * A port for a program that will listen on it again after it was killed: nobody listens on it, and no outgoing connection
 * is given it in the meantime. Connections to a dead program's port would otherwise sooner or later be given that very port,
 * and keep the program from coming back.
 */
export async function quietPort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = nextQuietPort('programs')
    if ((await isFree({host, port})) && (await reserve({host, port}))) return port
  }
}

/** The next one of these ports in turn, taken or not. */
export function nextQuietPort(whose: keyof typeof QUIET_PORTS): number {
  return QUIET_PORTS[whose] + (asked++ % HALF)
}

/** What this process has reserved, the oldest first. */
const reserved: Socket[] = []
/** More than the runs of one process need at a time; campaigns make thousands. */
const MOST_RESERVED = 2048

/**
 * Keeps other runs on this machine off a port on which a program of ours does not listen yet, or does not listen for a while: by the
 * UDP port of the same number, which nobody else wants, and which the system takes back whatever becomes of us. False where
 * another run has it.
 */
export async function reserve({host, port}: HostPort): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    socket.once('error', resolve)
    socket.bind({address: host, port, exclusive: true}, () => resolve(undefined))
  })
  if (failure !== undefined) {
    socket.close()
    // An address on which we cannot reserve anything, as in a namespace, is not refused for that.
    return failure.code !== 'EADDRINUSE'
  }
  reserved.push(socket.unref())
  if (reserved.length > MOST_RESERVED) reserved.shift()?.close()
  return true
}

/** Whether it can be listened on right now. */
export function isFree(address: HostPort): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({...address, exclusive: true}, () => server.close(() => resolve(true)))
  })
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
