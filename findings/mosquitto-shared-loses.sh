#!/usr/bin/env bash
# What one would guess: of a group that shares a subscription ($share) of Mosquitto, a member that dies before it acknowledges (QoS 1) loses
#   nothing: what it had goes to the other members, and so does all that comes after.
# What happens: what was given to it goes to nobody: of ten acknowledged messages the five of the dead member are gone, one of them in its
#   hands, four that it never saw. If the members keep their sessions (`clean: false`, so that they would get those again), the broker goes on
#   to deal to the dead one: half of all new messages wait for it, while the other member is idle. No message is ever dealt out again.
# Why a user of chaos meets it: under `kill` or a cut of one worker a queue over MQTT loses what was acknowledged, without a fault of the broker.
# Versions: mosquitto 2.0.11 (Debian 12), npm mqtt 5.16.0, Node 20. 2026-11-30.
set -euo pipefail

for need in mosquitto node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mosquitto nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0
cat >group.mjs <<'JS'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import mqtt from 'mqtt'

console.log('mqtt', JSON.parse(readFileSync('node_modules/mqtt/package.json', 'utf8')).version)
const free = net.createServer().listen(0, '127.0.0.1')
await once(free, 'listening')
const {port} = free.address()
free.close()
writeFileSync('broker.conf', `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type all\n`)
const broker = spawn('mosquitto', ['-c', 'broker.conf'], {stdio: ['ignore', 'ignore', 'pipe']})
process.on('exit', () => broker.kill('SIGKILL'))
let log = ''
broker.stderr.on('data', (text) => (log += text))
const until = async (condition, what) => {
  for (let tries = 0; tries < 300; tries++) {
    if (await condition()) return
    await sleep(50)
  }
  throw new Error(`never: ${what}`)
}
await until(() => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
  socket.once('connect', () => socket.destroy())
}), 'a broker')

const connect = async (clientId, options) => {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {clientId, reconnectPeriod: 0, protocolVersion: 5, ...options})
  await once(client, 'connect')
  return client
}

/** Two members, one of which never acknowledges and is cut off; says what the other one gets. */
const run = async (session, options) => {
  /** A member of the group. The library acknowledges a message when the callback of `handleMessage` is called. */
  const join = async (name, taken, acknowledges) => {
    const client = await connect(`${session}-${name}`, options)
    client.handleMessage = ({payload}, acknowledge) => {
      taken.push(`${payload}`)
      if (acknowledges) acknowledge()
    }
    await client.subscribeAsync(`$share/group/${session}`, {qos: 1})
    return client
  }
  const stuck = [], good = [], late = []
  const dying = await join('dying', stuck, false)
  const living = await join('living', good, true)
  const publisher = await connect(`${session}-publisher`, {clean: true})
  for (let n = 0; n < 10; n++) await publisher.publishAsync(session, `m${n}`, {qos: 1})
  await until(() => stuck.length > 0 && good.length > 0, 'messages')
  await sleep(500)
  const before = good.length
  const seen = stuck.length
  dying.stream.destroy()
  await until(() => new RegExp(`Client ${session}-dying (closed its connection|disconnected)`).test(log), 'the end of the connection')
  await sleep(3000)
  const inherited = good.length - before
  for (let n = 0; n < 10; n++) await publisher.publishAsync(session, `n${n}`, {qos: 1})
  await sleep(1000)
  const fresh = good.filter((text) => text.startsWith('n')).length
  const third = await join('late', late, true)
  await sleep(1000)
  console.log(`${session}: of 10 the living member gets ${before}; 3 s after the other one, which saw ${seen}, was cut off, ${inherited} more; of 10 new ones ${fresh}; a third member gets ${late.length}`)
  for (const client of [living, third, publisher]) await client.endAsync()
  return [before, seen, inherited, fresh, late.length].join()
}
const clean = await run('clean', {clean: true})
const kept = await run('kept', {clean: false, properties: {sessionExpiryInterval: 3600}})
process.exit(clean === '5,1,0,10,0' && kept === '5,1,0,5,0' ? 0 : 1)
JS
mosquitto -h | sed -n 1p || true
timeout 60 node group.mjs
