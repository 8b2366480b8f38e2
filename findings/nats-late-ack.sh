#!/usr/bin/env bash
# What one would guess: when the wait for an acknowledgement (`ack_wait`) is over and a JetStream message was delivered again, an answer to
#   the first delivery counts for nothing: only who has it now decides.
# What happens: the late acknowledgement is accepted, also by `ackAck()`, and takes the message out of the work queue under the hands of
#   the second one; a late `nak()` has it delivered a third time at once, while the second one works on it. The number of the delivery is
#   in the answer's subject, and the server does not look at it.
# Why a user of chaos meets it: after a pause longer than `ack_wait` a message that its last holder did not finish is gone: a lost element
#   of a queue that claims at least once. RabbitMQ refuses such an acknowledgement, since it belongs to a channel.
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
nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/js" >server.log 2>&1 &
server=$!

cat >late.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {AckPolicy, connect, nanos} from 'nats'

console.log('npm nats', JSON.parse(readFileSync('node_modules/nats/package.json', 'utf8')).version)
const connection = await connect({servers: `127.0.0.1:${process.argv[2]}`, waitOnFirstConnect: true})
const manager = await connection.jetstreamManager()
const stream = connection.jetstream()
await manager.streams.add({name: 'WORK', subjects: ['work'], retention: 'workqueue'})
await manager.consumers.add('WORK', {durable_name: 'worker', ack_policy: AckPolicy.Explicit, ack_wait: nanos(2000)})
const worker = await stream.consumers.get('WORK', 'worker')
const next = () => worker.next({expires: 5000})
const held = async () => (await manager.streams.info('WORK')).state.messages

/** One message, delivered twice because the first one who got it was too slow. */
async function twice(text) {
  await stream.publish('work', text)
  const first = await next()
  await sleep(2300)
  const second = await next()
  console.log(`"${text}": delivered as number ${first.info.redeliveryCount} and ${second.info.redeliveryCount}`)
  return [first, second]
}

const [slow, working] = await twice('acknowledged late')
const accepted = await slow.ackAck()
const left = await held()
working.nak()
await connection.flush()
const again = await worker.next({expires: 3500})
console.log('  the first acknowledges:', accepted, '| messages held:', left, '| the second gives it back, it comes again:', again !== null)

const [refuser, holder] = await twice('refused late')
refuser.nak()
await connection.flush()
const before = performance.now()
const third = await worker.next({expires: 1000})
console.log('  the first refuses: delivered as number', third?.info.redeliveryCount, 'after', Math.round(performance.now() - before), 'ms, the second still has it')
const done = await holder.ackAck()
console.log('  the second acknowledges:', done)
await connection.close()
process.exit(accepted && left === 0 && again === null && third?.info.redeliveryCount === 3 ? 0 : 1)
JS
timeout 40 node late.mjs "$port"
