import {once} from 'node:events'
import {connect} from 'node:net'
import {expect, it} from 'vitest'
import {sleep, wallClock} from '../../../core/clock.ts'
import {Upstream} from '../contract/peer.fixture.ts'
import {createSender, streamSender} from './sender.ts'

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
