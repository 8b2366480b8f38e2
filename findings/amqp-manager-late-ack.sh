#!/usr/bin/env bash
# What one would guess: a worker with amqp-connection-manager that took a message before the connection was cut, and acknowledges it
#   after, acknowledges nothing: RabbitMQ has given the message out again, and the channel it came by is gone.
# What happens: `ack` goes to the new channel with the number that the message had in the old one. There it is the number of another
#   message, which is still being worked on: that one is taken from the queue. The worker is killed, and nobody does it. amqplib by
#   itself throws, since a channel is an object of its own there.
# Why a user of chaos meets it: under `partition` and `kill` of a node the queue checker finds *lost-element*, and RabbitMQ is blamed. Where no
#   message has that number, the server closes the channel, and all that it held comes again.
# Versions: rabbitmq-server 3.10.8 (Debian 12), npm amqp-connection-manager 5.0.0, amqplib 2.3.1, Node 20. 2026-11-30.
set -euo pipefail

broker=/usr/lib/rabbitmq/bin/rabbitmq-server
[ -x $broker ] || { echo "RabbitMQ is not installed: apt-get install rabbitmq-server"; exit 4; }
folder=$(mktemp -d)
server=
epmd=
trap 'for pid in $server $epmd; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts amqplib@2.3.1 amqp-connection-manager@5.0.0
read -r port distribution names < <(node -e '
  const servers = [1, 2, 3].map(() => require("net").createServer().listen(0, "127.0.0.1"))
  Promise.all(servers.map((s) => new Promise((r) => s.once("listening", r)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "))
    servers.forEach((s) => s.close())
  })')
as=()
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups); chown rabbitmq "$folder"; }
: >none.conf
export HOME="$folder" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$names" RABBITMQ_NODENAME=finding@localhost RABBITMQ_NODE_PORT="$port" \
  RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$distribution" RABBITMQ_MNESIA_BASE="$folder/data" RABBITMQ_LOG_BASE="$folder" \
  RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" RABBITMQ_CONFIG_FILE="$folder/none" \
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
"${as[@]}" epmd -address 127.0.0.1 -port "$names" >epmd.log 2>&1 &
epmd=$!
# The broker ends where it finds no names server.
for _ in $(seq 100); do epmd -address 127.0.0.1 -port "$names" -names >names.log 2>&1 && break; sleep 0.1; done
"${as[@]}" $broker >server.log 2>&1 &
server=$!

cat >worker.mjs <<'JS'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'amqp-connection-manager'
import amqp from 'amqplib'

const until = async (work) => {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 150) throw error
      await sleep(400)
    }
  }
}
const port = Number(process.argv[2])
const direct = await until(() => amqp.connect(`amqp://127.0.0.1:${port}`))
console.log('RabbitMQ', direct.connection.serverProperties.version)
for (const name of ['amqp-connection-manager', 'amqplib']) {
  console.log('npm', name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version)
}
const sockets = new Set()
const proxy = net.createServer((client) => {
  const server = net.connect(port, '127.0.0.1')
  client.pipe(server).pipe(client)
  for (const each of [client, server]) {
    sockets.add(each)
    each.on('error', () => {})
    each.on('close', () => [client, server].forEach((end) => end.destroy()))
  }
})
await once(proxy.listen(0, '127.0.0.1'), 'listening')
const cut = () => sockets.forEach((each) => each.destroy())
const url = `amqp://127.0.0.1:${proxy.address().port}`
const publisher = await direct.createConfirmChannel()
const queueOf = async (name) => {
  await publisher.assertQueue(name, {durable: true})
  for (let i = 0; i < 3; i++) publisher.sendToQueue(name, Buffer.from(`job ${i}`))
  await publisher.waitForConfirms()
  return name
}
const told = (message) => `${message.content}, number ${message.fields.deliveryTag}${message.fields.redelivered ? ', again' : ''}`
/** What was delivered, and a wait for so many deliveries. */
const inbox = () => {
  const messages = []
  let wake = () => {}
  return {
    messages,
    take: (message) => {
      messages.push(message)
      wake()
    },
    has: async (count) => {
      while (messages.length < count) await new Promise((resolve) => (wake = resolve))
    },
  }
}

const jobs = inbox()
const worker = connect([url], {reconnectTimeInSeconds: 1}).createChannel()
worker.on('error', () => {})
await worker.consume(await queueOf('managed'), jobs.take, {prefetch: 2})
await jobs.has(1)
worker.ack(jobs.messages[0])
await jobs.has(3)
cut()
await jobs.has(5)
console.log('the worker got', jobs.messages.map(told).join('; '))
const [, first] = jobs.messages
console.log(`cut after the third; now the worker acknowledges what it did of "${told(first)}"`)
worker.ack(first)
// The server has read the acknowledgement when it has answered what was sent after it.
await worker.checkQueue('managed')
// The worker dies before it is through with either of the two it holds.
proxy.close()
cut()
const left = []
await until(async () => {
  const message = await publisher.get('managed', {noAck: true})
  if (!message) throw new Error('not yet given back')
  left.push(message.content.toString())
})
await sleep(1000)
for (let message; (message = await publisher.get('managed', {noAck: true})); ) left.push(message.content.toString())
console.log('the worker was killed; left in the queue:', left.join(', '))

const plain = inbox()
const own = net.createServer((client) => {
  const server = net.connect(port, '127.0.0.1')
  client.pipe(server).pipe(client)
  for (const each of [client, server]) each.on('error', () => {})
  plain.cut = () => [client, server].forEach((end) => end.destroy())
})
await once(own.listen(0, '127.0.0.1'), 'listening')
const connection = await amqp.connect(`amqp://127.0.0.1:${own.address().port}`)
connection.on('error', () => {})
const channel = await connection.createChannel()
channel.on('error', () => {})
await channel.consume(await queueOf('plain'), plain.take)
await plain.has(3)
const closed = new Promise((resolve) => connection.once('close', resolve))
plain.cut()
await closed
let refused
try {
  channel.ack(plain.messages[1])
} catch (error) {
  refused = error
}
console.log('amqplib by itself:', refused ? `throws ${refused.message}` : 'says nothing')
process.exit(left.join() === 'job 1' && refused ? 0 : 1)
JS
timeout 120 node worker.mjs "$port" || { code=$?; tail -3 server.log; exit $code; }
