/** Answers each connection with one byte once it has received as much as was announced: the far end of a link's twin. */
import {once} from 'node:events'
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'
import type {Endpoint} from '../../core/links.ts'

export interface Echo {
  readonly address: Endpoint
  close(): Promise<void>
}

/** What a probe of a twin sends: how many bytes follow, in a line, and the bytes. */
export const echoRequest = (bytes: number): string => `${bytes}\n${'.'.repeat(bytes)}`

/** Listens there, or on any free port of 127.0.0.1. Rejects where that is taken. */
export async function startEcho({host, port}: Endpoint = {host: '127.0.0.1', port: 0}): Promise<Echo> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let received = ''
    socket.on('data', (data) => {
      received += data.toString('latin1')
      const end = received.indexOf('\n')
      if (end >= 0 && received.length - end - 1 >= Number(received.slice(0, end))) socket.write('.')
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  server.unref()
  return {
    address: {host, port: (server.address() as AddressInfo).port},
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
