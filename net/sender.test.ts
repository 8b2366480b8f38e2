import {once} from 'node:events'
import {connect, createServer, type Socket} from 'node:net'
import {Worker} from 'node:worker_threads'
import {expect, it} from 'vitest'
import {sleep, wallClock} from '../core/clock.ts'
import {createSender, streamSender} from './sender.ts'
import {Upstream} from './toxiproxy/contract/peer.fixture.ts'

it.each([
  ['past the streams', createSender],
  ['through the streams', streamSender],
])('sends everything in order %s, and says when it has left', async (_, create) => {
  const upstream = await Upstream.start((socket) => {
    socket.pause()
    void sleep(wallClock(), 100).then(() => socket.resume())
  })
  const [host, port] = upstream.address.split(':')
  const socket = connect(Number(port), host)
  await once(socket, 'connect')
  let idle = 0
  const sender = create(socket, () => idle++)
  let sent = Buffer.alloc(0)
  let incomplete = 0
  for (let i = 0; i < 200; i++) {
    const data = Buffer.alloc(i % 3 === 0 ? 64 * 1024 : 10, i)
    sent = Buffer.concat([sent, data])
    // Memory may be used again when everything has left, and only then.
    if (sender.write(data)) data.fill(0)
    else incomplete++
  }
  expect(incomplete).toBeGreaterThan(0)
  expect(sender.busy()).toBe(true)
  const peer = upstream.peers[0]
  await peer?.bytes(sent.length)
  expect(peer?.received.equals(sent)).toBe(true)
  await sleep(wallClock(), 20)
  expect(sender.busy()).toBe(false)
  expect(idle).toBeGreaterThan(0)
  socket.destroy()
  upstream.close()
})

it.each([
  ['past the streams', createSender],
  ['through the streams', streamSender],
])('sends text in order %s, and says how much of it waits', async (_, create) => {
  const upstream = await Upstream.start((socket) => {
    socket.pause()
    void sleep(wallClock(), 100).then(() => socket.resume())
  })
  const [host, port] = upstream.address.split(':')
  const socket = connect(Number(port), host)
  await once(socket, 'connect')
  const left = new Promise<void>((resolve) => {
    const sender = create(socket, () => {
      if (sender.backlog() === 0) resolve()
    })
    for (let i = 0; i < 300; i++) sender.writeText(`${i} ${'ä'.repeat(i % 3 === 0 ? 64 * 1024 : 10)}`)
    expect(sender.busy()).toBe(true)
    expect(sender.backlog()).toBeGreaterThan(0)
  })
  const sent = Array.from({length: 300}, (_, i) => `${i} ${'ä'.repeat(i % 3 === 0 ? 64 * 1024 : 10)}`).join('')
  const peer = upstream.peers[0]
  await peer?.bytes(Buffer.byteLength(sent))
  expect(peer?.received.equals(Buffer.from(sent))).toBe(true)
  await left
  socket.destroy()
  upstream.close()
})

/** Reads whatever comes as fast as it can, on a thread of its own: so a full kernel has room again in the middle of a write. */
const READER = `
const {workerData} = require('node:worker_threads')
require('node:net').connect(workerData, '127.0.0.1').on('data', () => {})
`

it('writes on where the kernel takes a part now and the rest a moment later', async () => {
  // A request that is used twice ends the whole process.
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as {port: number}
  const reader = new Worker(READER, {eval: true, workerData: port})
  const [socket] = (await once(server, 'connection')) as [Socket]
  const data = Buffer.alloc(64 * 1024)
  let idle: () => void = () => {}
  const sender = createSender(socket, () => idle())
  let waited = 0
  for (let writes = 0; writes < 30_000; writes++) {
    if (sender.write(data)) continue
    waited++
    await new Promise<void>((resolve) => (idle = resolve))
  }
  expect(waited).toBeGreaterThan(0)
  expect(sender.busy()).toBe(false)
  socket.destroy()
  server.close()
  await reader.terminate()
})
