/** One round trip to a service, over whatever the address leads through: any byte that comes back is an answer. */
import {connect} from 'node:net'
import type {Endpoint, Probe, Services} from '../../core/links.ts'
import type {Ping} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'

/** What a node offers that is known to answer, to peers or to clients; undefined where nothing is. */
export function probedService(
  services: Services,
  node: NodeId,
  by: 'peers' | 'clients',
): {readonly name: string; readonly probe: Probe} | undefined {
  for (const [name, {probe, by: who}] of Object.entries(services[node] ?? {})) {
    if (who === by && probe !== undefined) return {name, probe}
  }
  return undefined
}

export function probeService(address: Endpoint, probe: Probe, limitMs: number, bytes = 0): Promise<Ping> {
  return new Promise((resolve) => {
    const startNs = process.hrtime.bigint()
    const socket = connect({...address, noDelay: true})
    const end = (ping: Ping) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(ping)
    }
    const timer = setTimeout(() => end({reachable: false, error: `no answer in ${limitMs} ms`}), limitMs)
    socket.on('error', (error: NodeJS.ErrnoException) => end({reachable: false, error: error.code ?? error.message}))
    socket.on('close', () => end({reachable: false, error: 'connection closed'}))
    socket.on('connect', () => {
      const {send} = probe
      if (send !== undefined) socket.write(typeof send === 'function' ? send(bytes) : send)
    })
    socket.on('data', () => end({reachable: true, rttMs: Number(process.hrtime.bigint() - startNs) / 1e6}))
  })
}
