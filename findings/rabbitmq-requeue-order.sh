#!/usr/bin/env bash
# What one would guess: a message given back to a queue of RabbitMQ goes to its original place, as the manual says of it ("if possible"),
#   in a quorum queue as in a classic one, and however it is given back.
# What happens: in a quorum queue without other consumers, a message that is rejected (`basic.nack` with requeue) goes behind all others:
#   1 2 3 0. One whose channel is closed goes to its place: 0 1 2 3. A classic queue puts it to its place both times.
# Why a user of chaos meets it: a FIFO check of a queue with redeliveries finds an order that no fault made; and a consumer that rejects
#   what it cannot do yet, and blocks the head in a classic queue, does not in a quorum queue.
# Versions: rabbitmq-server 3.10.8 (Debian 12), npm amqplib 2.3.1, Node 20. 2026-11-29.
set -euo pipefail

broker=/usr/lib/rabbitmq/bin/rabbitmq-server
[ -x $broker ] || { echo "RabbitMQ is not installed: apt-get install rabbitmq-server"; exit 4; }
folder=$(mktemp -d)
server=
epmd=
trap 'for pid in $server $epmd; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts amqplib@2.3.1
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

cat >order.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
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
const connection = await until(() => amqp.connect(`amqp://127.0.0.1:${process.argv[2]}`))
console.log('RabbitMQ', connection.connection.serverProperties.version)
console.log('npm amqplib', JSON.parse(readFileSync('node_modules/amqplib/package.json', 'utf8')).version)
/** The order in which a queue of 0 to 3 is read after its first message was taken and given back. */
const order = async (type, giveBack) => {
  const queue = `${type}-${giveBack.name}`
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue, {durable: true, arguments: {'x-queue-type': type}})
  for (let i = 0; i < 4; i++) channel.sendToQueue(queue, Buffer.from(String(i)))
  await channel.waitForConfirms()
  const taker = await connection.createChannel()
  await giveBack(taker, await taker.get(queue))
  // All four are there again before the first is read.
  await until(async () => {
    if ((await channel.checkQueue(queue)).messageCount !== 4) throw new Error('not yet')
  })
  const read = []
  while (read.length < 4) read.push((await channel.get(queue, {noAck: true})).content.toString())
  return read.join(' ')
}
const reject = async (channel, message) => channel.nack(message, false, true)
const close = async (channel) => channel.close()
const seen = {}
for (const type of ['quorum', 'classic']) {
  for (const giveBack of [reject, close]) {
    seen[`${type} ${giveBack.name}`] = await order(type, giveBack)
    console.log(`${type} queue, ${giveBack.name}:`, seen[`${type} ${giveBack.name}`])
  }
}
await connection.close()
const place = '0 1 2 3'
const same = seen['quorum close'] === place && seen['classic reject'] === place && seen['classic close'] === place
process.exit(seen['quorum reject'] === '1 2 3 0' && same ? 0 : 1)
JS
timeout 90 node order.mjs "$port" || { code=$?; tail -3 server.log; exit $code; }
