#!/usr/bin/env bash
# What one would guess: `drain()` of nats.js, "publish what is left and close", resolves when the server has everything, and is rejected
#   when the connection is cut before it has, as `flush()` is.
# What happens: it resolves. The message that was published before never reached the server, and nothing says so.
# Why a user of chaos meets it: a client that publishes and drains counts the message as sent; under a cut it is lost, and the server
#   is convicted of it. `flush()` before `drain()`, or a JetStream acknowledgement, tells.
# Versions: nats-server 2.9.10 (Debian 12), npm nats 2.29.3, Node 20. 2026-11-29.
set -euo pipefail

command -v nats-server >/dev/null || { echo "nats-server is not installed: apt-get install nats-server"; exit 4; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nats@2.29.3
nats-server --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
nats-server -a 127.0.0.1 -p "$port" >server.log 2>&1 &
server=$!

cat >drain.mjs <<'JS'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'nats'

console.log('npm nats', JSON.parse(readFileSync('node_modules/nats/package.json', 'utf8')).version)
const port = Number(process.argv[2])
// A link that can carry nothing, and can be cut.
let dark = false
const sockets = new Set()
const link = net
  .createServer((client) => {
    const server = net.connect(port, '127.0.0.1')
    sockets.add(client)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on('error', () => {})
      one.on('data', (data) => dark || other.write(data))
      one.on('close', () => other.destroy())
    }
  })
  .listen(0, '127.0.0.1')
await new Promise((resolve) => link.once('listening', resolve))
const listener = await connect({servers: `127.0.0.1:${port}`, waitOnFirstConnect: true})
const arrived = []
listener.subscribe('s', {callback: (_, message) => arrived.push(message.string())})
await listener.flush()

const publish = async (subject, end) => {
  const connection = await connect({servers: `127.0.0.1:${link.address().port}`, reconnectTimeWait: 100})
  dark = true
  connection.publish('s', subject)
  const outcome = end(connection).then(
    () => 'resolved',
    (error) => `rejected, ${error.code}`,
  )
  await sleep(100)
  dark = false
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  const ended = await Promise.race([outcome, sleep(5000, 'pending')])
  await connection.close()
  await listener.flush()
  return ended
}
const drain = await publish('drained', (connection) => connection.drain())
const flush = await publish('flushed', (connection) => connection.flush())
console.log('the link is dark, then cut: drain() is', drain, '| flush() is', flush, '| messages that arrived:', arrived.length)
process.exit(drain === 'resolved' && flush.startsWith('rejected') && arrived.length === 0 ? 0 : 1)
JS
timeout 30 node drain.mjs "$port"
