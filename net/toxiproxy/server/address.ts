/**
 * Listen and upstream addresses, `host:port`, and the errors Go's net package gives for the bad ones (clients of the
 * real server match on them).
 */
import {lookup} from 'node:dns/promises'
import {BlockList, isIP} from 'node:net'

export interface Address {
  host: string
  port: number
}

/** An address that cannot be used, in Go's words. */
export class AddressError extends Error {
  override name = 'AddressError'
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine can reach the address. */
export function isLoopback(ip: string): boolean {
  return loopback.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4')
}

/** Splits `host:port`; IPv6 hosts are in brackets. Host and port may be empty. Throws AddressError. */
export function splitAddress(text: string): Address {
  if (text === '') return {host: '', port: 0}
  const colon = text.lastIndexOf(':')
  if (colon < 0) throw new AddressError(`address ${text}: missing port in address`)
  let host = text.slice(0, colon)
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1)
  else if (host.includes(':')) throw new AddressError(`address ${text}: too many colons in address`)
  const portText = text.slice(colon + 1)
  if (portText !== '' && !/^-?\d+$/.test(portText)) throw new AddressError(`lookup tcp/${portText}: unknown port`)
  const port = Number(portText)
  if (port > 65535 || port < 0) throw new AddressError(`address ${portText}: invalid port`)
  return {host, port}
}

/** Looks the host up, IPv4 first as Go does. Throws AddressError. */
export async function resolveHost(host: string): Promise<string> {
  if (isIP(host)) return host
  try {
    const found = await lookup(host, {all: true, verbatim: true})
    const best = found.find((entry) => entry.family === 4) ?? found[0]
    if (best !== undefined) return best.address
  } catch {
    // Said below, in Go's words.
  }
  throw new AddressError(`lookup ${host}: no such host`)
}

/** `host:port`, with brackets where they are needed. */
export function joinAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
