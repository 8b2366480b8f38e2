/** The server behind the proxies: echoes on one port, swallows on the other. Ends when stdin closes. */
import {type AddressInfo, createServer, type Socket} from 'node:net'
import {createSender} from '../../net/sender.ts'

const listen = (handler: (socket: Socket) => void) =>
  new Promise<number>((resolve) => {
    const server = createServer({noDelay: true}, (socket) => {
      socket.on('error', () => {})
      handler(socket)
    })
    server.listen(0, '127.0.0.1', 4096, () => resolve((server.address() as AddressInfo).port))
  })

const echoPort = await listen((socket) => {
  const sender = createSender(socket, () => {})
  socket.on('data', (data) => sender.write(data))
})
const sinkPort = await listen((socket) => {
  // One byte back for every MiB, so that the sender knows what has really arrived.
  let bytes = 0
  socket.on('data', (data) => {
    const before = bytes >> 20
    bytes += data.length
    for (let mark = before; mark < bytes >> 20; mark++) socket.write('.')
    bytes &= (1 << 20) - 1
  })
})
process.stdout.write(`${JSON.stringify({echoPort, sinkPort})}\n`)
process.stdin.on('end', () => process.exit(0)).resume()
