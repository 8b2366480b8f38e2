/**
 * The load generator, one measurement per line on stdin: `{"kind": "echo", "port", "connections", "ms"}` keeps one
 * 64-byte request in the air per connection, `{"kind": "bulk", "port", "ms"}` pushes as much as goes through. Answers
 * with one JSON line each.
 */
import {connect, type Socket} from 'node:net'
import {createHistogram} from 'node:perf_hooks'
import {createInterface} from 'node:readline'
import {createSender} from '../../net/sender.ts'

interface Order {
  kind: 'echo' | 'bulk'
  port: number
  connections: number
  ms: number
}

const MESSAGE_BYTES = 64
const message = Buffer.alloc(MESSAGE_BYTES, 'x')
const seconds = (ns: bigint) => Number(ns) / 1e9

const opened = (socket: Socket) =>
  new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

async function echo({port, connections, ms}: Order) {
  const latencies = createHistogram()
  let measuring = false
  let requests = 0
  let answered = 0
  const buffer = Buffer.allocUnsafe(MESSAGE_BYTES)
  const open = () => {
    let sentAt = 0n
    let missing = 0
    const send = () => {
      missing = MESSAGE_BYTES
      sentAt = process.hrtime.bigint()
      sender.write(message)
    }
    const onBytes = (bytes: number) => {
      missing -= bytes
      if (missing > 0) return true
      answered++
      if (measuring) {
        requests++
        latencies.record(process.hrtime.bigint() - sentAt)
      }
      send()
      return true
    }
    const socket = connect({host: '127.0.0.1', port, noDelay: true, onread: {buffer, callback: onBytes}})
    let sender: {write(data: Buffer): unknown} = socket
    return opened(socket).then(() => {
      // The generator shares the machine with what it measures: what it costs must not hide the difference.
      sender = createSender(socket, () => {})
      send()
      return socket
    })
  }
  const sockets = await Promise.all(Array.from({length: connections}, open))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const startedAt = process.hrtime.bigint()
  measuring = true
  await new Promise((resolve) => setTimeout(resolve, ms))
  measuring = false
  const perSecond = requests / seconds(process.hrtime.bigint() - startedAt)
  for (const socket of sockets) socket.destroy()
  return {perSecond, answered, p50Us: latencies.percentile(50) / 1e3, p99Us: latencies.percentile(99) / 1e3}
}

async function bulk({port, ms}: Order) {
  const block = Buffer.alloc(64 * 1024, 'x')
  let arrivedMiB = 0
  const socket = connect({host: '127.0.0.1', port, noDelay: true})
  socket.on('data', (marks) => {
    arrivedMiB += marks.length
  })
  await opened(socket)
  let pushing = true
  const push = () => {
    while (pushing && socket.write(block));
  }
  socket.on('drain', push)
  push()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const startedAt = process.hrtime.bigint()
  const before = arrivedMiB
  await new Promise((resolve) => setTimeout(resolve, ms))
  const moved = arrivedMiB - before
  pushing = false
  const mbPerSecond = (moved * 1.048576) / seconds(process.hrtime.bigint() - startedAt)
  socket.destroy()
  return {mbPerSecond}
}

for await (const line of createInterface({input: process.stdin})) {
  const order = JSON.parse(line) as Order
  const result = order.kind === 'echo' ? await echo(order) : await bulk(order)
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
process.exit(0)
