#!/usr/bin/env bash
# What one would guess: a message is pulled from a JetStream consumer by a request to $JS.API.CONSUMER.MSG.NEXT, so the client's
#   ordinary `connection.request` brings it, as it brings the answer of any other subject of the API.
# What happens: the server hands the message out and counts it as such, and the request times out. The message arrives under its
#   own subject, and the subscription that the library shares among requests finds its requests by the subject of the answer.
#   With `noMux: true`, a subscription of its own, the same request brings the message. An empty consumer's 404 comes either way.
# Why a user of chaos meets it: a client of a queue that pulls like this loses every message for the time of `ack_wait`, which
#   looks like a broker that loses what it had acknowledged.
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
nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/js" >"$folder/server.log" 2>&1 &
server=$!

cat >pull.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {AckPolicy, connect} from 'nats'

console.log('npm nats', JSON.parse(readFileSync('node_modules/nats/package.json', 'utf8')).version)
const connection = await connect({servers: `127.0.0.1:${process.argv[2]}`, waitOnFirstConnect: true})
const manager = await connection.jetstreamManager()
await manager.streams.add({name: 'S', subjects: ['s.>']})
await manager.consumers.add('S', {durable_name: 'c', ack_policy: AckPolicy.Explicit})
await connection.jetstream().publish('s.a', Buffer.from('one'))
await connection.jetstream().publish('s.a', Buffer.from('two'))

const pull = async (noMux) => {
  try {
    const message = await connection.request('$JS.API.CONSUMER.MSG.NEXT.S.c', JSON.stringify({batch: 1, no_wait: true}), {timeout: 2000, noMux})
    return `${message.subject}: ${message.string()}`
  } catch (error) {
    return error.code
  }
}
const shared = await pull(false)
const {num_ack_pending: out} = await manager.consumers.info('S', 'c')
const own = await pull(true)
console.log('request, shared subscription:', shared, `(handed out according to the server: ${out})`)
console.log('request, noMux:              ', own)
await connection.close()
process.exit(shared === 'TIMEOUT' && out === 1 && own === 's.a: two' ? 0 : 1)
JS
timeout 30 node pull.mjs "$port"
