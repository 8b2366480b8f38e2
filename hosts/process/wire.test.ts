import {once} from 'node:events'
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'
import {PassThrough} from 'node:stream'
import {afterEach, expect, test} from 'vitest'
import type {Address} from './control.ts'
import {acceptLines, dialLines, LineWriter, Outbox, readLines} from './wire.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(onSocket: (socket: Socket) => void): Promise<Address> {
  const server = createServer({noDelay: true}, onSocket).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return {host: '127.0.0.1', port: (server.address() as AddressInfo).port}
}

/** Not `once` of `node:events`, which an error before it makes reject. */
const close = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

/** Resolves once there are so many. */
function collector(count: number): {readonly lines: string[]; add(line: string): void; done: Promise<void>} {
  const lines: string[] = []
  let resolve: () => void = () => {}
  const done = new Promise<void>((settle) => (resolve = settle))
  return {
    lines,
    add(line) {
      if (lines.push(line) === count) resolve()
    },
    done,
  }
}

test('lines are the same however the bytes are cut', () => {
  const text = 'one\n\ntwo äö€\n\n{"three": "𝄞"}\n'
  const bytes = Buffer.from(text)
  for (let length = 1; length <= bytes.length; length++) {
    const stream = new PassThrough()
    const lines: string[] = []
    readLines(stream, (line) => lines.push(line))
    for (let start = 0; start < bytes.length; start += length)
      stream.emit('data', bytes.subarray(start, start + length))
    expect(lines, `pieces of ${length}`).toEqual(['one', 'two äö€', '{"three": "𝄞"}'])
  }
})

test('both ends of a connection read whole lines, long ones too, and what was written before it was up', async () => {
  const long = 'ä'.repeat(3 << 20)
  const asked = collector(4)
  const answered = collector(4)
  const address = await serve((accepted) => {
    const socket = acceptLines(accepted, (line) => {
      asked.add(line)
      writer.write(line)
    })
    const writer = new LineWriter(socket)
  })
  const socket = dialLines(address, answered.add)
  const writer = new LineWriter(socket)
  const sent = ['first', 'second', long, 'last']
  for (const line of sent) writer.write(line)
  await Promise.all([asked.done, answered.done])
  expect(asked.lines.map((line, i) => line === sent[i])).toEqual([true, true, true, true])
  expect(answered.lines.map((line, i) => line === sent[i])).toEqual([true, true, true, true])
  expect(writer.backlog).toBe(0)
  socket.destroy()
})

test('many connections that talk at once do not get each other’s bytes', async () => {
  const address = await serve((accepted) => {
    const socket = acceptLines(accepted, (line) => writer.write(line))
    const writer = new LineWriter(socket)
  })
  const talks = Array.from({length: 20}, (_, i) => {
    const heard = collector(50)
    const socket = dialLines(address, heard.add)
    const writer = new LineWriter(socket)
    const sent = Array.from({length: 50}, (_, n) => `${i} says ${n} ${'.'.repeat((i * n * 97) % 5000)}`)
    for (const line of sent) writer.write(line)
    return {heard, socket, sent}
  })
  for (const {heard, socket, sent} of talks) {
    await heard.done
    expect(heard.lines).toEqual(sent)
    socket.destroy()
  }
})

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'the other side’s %s is noticed by whoever reads',
  async (how) => {
    const closed: Promise<void>[] = []
    const address = await serve((accepted) => {
      const socket = acceptLines(accepted, () => {})
      socket.on('error', () => {})
      closed.push(close(socket))
      new LineWriter(socket).write('welcome')
    })
    const heard = collector(1)
    const socket = dialLines(address, heard.add)
    socket.on('error', () => {})
    await heard.done
    socket[how]()
    await Promise.all(closed)

    // And the other way round.
    const leaving = await serve((accepted) => {
      const own = acceptLines(accepted, () => own[how]())
      own.on('error', () => {})
    })
    const left = dialLines(leaving, () => {})
    left.on('error', () => {})
    new LineWriter(left).write('go')
    await close(left)
  },
)

test('a connection on which nothing leaves says how much waits, and what is written to a closed one is dropped', async () => {
  const accepted: Socket[] = []
  const address = await serve((socket) => {
    socket.pause()
    accepted.push(socket)
  })
  const socket = dialLines(address, () => {})
  socket.on('error', () => {})
  await once(socket, 'connect')
  const writer = new LineWriter(socket)
  for (let i = 0; i < 16; i++) {
    writer.write('x'.repeat(1 << 20))
    writer.flush()
  }
  expect(writer.backlog).toBeGreaterThan(1 << 20)
  socket.destroy()
  await close(socket)
  writer.write('more')
  writer.flush()
  for (const other of accepted) other.destroy()
})

test('what must be done before anything is sent is done first, once a turn', async () => {
  const order: string[] = []
  const outbox = new Outbox(() => order.push('before'))
  const heard = collector(2)
  const address = await serve((accepted) => {
    acceptLines(accepted, (line) => {
      order.push(line)
      heard.add(line)
    })
  })
  const socket = dialLines(address, () => {})
  await once(socket, 'connect')
  const writer = new LineWriter(socket, outbox)
  outbox.schedule()
  writer.write('one')
  writer.write('two')
  await heard.done
  expect(order).toEqual(['before', 'one', 'two'])
  socket.destroy()
})
