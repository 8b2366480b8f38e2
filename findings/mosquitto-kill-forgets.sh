#!/usr/bin/env bash
# What one would guess: with `persistence true` what Mosquitto has acknowledged (PUBACK) for a subscriber that is away survives a kill -9.
# What happens: it writes its database when it is stopped and every half hour. After a kill -9, five seconds after ten acknowledgements, the
#   messages are gone, and so are the retained message and the subscriber's session: it is told that there is none, and what is published
#   from then on is not kept for it either, until it subscribes anew. After a SIGTERM all is there.
# Why a user of chaos meets it: under `kill` a pub/sub or queue workload over MQTT loses what was acknowledged, all of it since the last half hour.
# Versions: mosquitto 2.0.11 (Debian 12), npm mqtt 5.16.0, Node 20. 2026-11-30.
set -euo pipefail

for need in mosquitto node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mosquitto nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0
cat >kill.mjs <<'JS'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import mqtt from 'mqtt'

console.log('mqtt', JSON.parse(readFileSync('node_modules/mqtt/package.json', 'utf8')).version)
const free = net.createServer().listen(0, '127.0.0.1')
await once(free, 'listening')
const {port} = free.address()
free.close()
let broker
process.on('exit', () => broker?.kill('SIGKILL'))

const start = async (config) => {
  broker = spawn('mosquitto', ['-c', config], {stdio: 'ignore'})
  for (let tries = 0; tries < 100; tries++) {
    const socket = net.connect(port, '127.0.0.1')
    const answers = await Promise.race([once(socket, 'connect').then(() => true, () => false), sleep(500).then(() => false)])
    socket.destroy()
    if (answers) return
    await sleep(50)
  }
  throw new Error('mosquitto did not start')
}
const connect = (clientId, clean, take) => {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {clientId, clean, reconnectPeriod: 0})
  client.on('message', (_topic, text) => take?.push(`${text}`))
  return new Promise((resolve, reject) => client.once('connect', ({sessionPresent}) => resolve({client, sessionPresent})).once('error', reject))
}

const survives = async (signal) => {
  mkdirSync(signal)
  // Started by root, Mosquitto becomes another user, who may not write here, unless it is told not to.
  const config = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true', `persistence_location ${process.cwd()}/${signal}/`, 'user root']
  writeFileSync(`${signal}.conf`, config.join('\n') + '\n')
  await start(`${signal}.conf`)
  const away = await connect('subscriber', false)
  await away.client.subscribeAsync('topic', {qos: 1})
  await away.client.endAsync()
  const {client: publisher} = await connect('publisher', true)
  // Each of these resolves with the broker's acknowledgement.
  for (let n = 0; n < 10; n++) await publisher.publishAsync('topic', `m${n}`, {qos: 1})
  await publisher.publishAsync('retained', 'kept', {qos: 1, retain: true})
  await publisher.endAsync()
  await sleep(5000)
  const ended = once(broker, 'exit')
  broker.kill(signal)
  await ended
  await start(`${signal}.conf`)
  const taken = [], retained = []
  const back = await connect('subscriber', false, taken)
  const reader = await connect('reader', true, retained)
  await reader.client.subscribeAsync('retained', {qos: 1})
  await sleep(1000)
  for (const {client} of [back, reader]) await client.endAsync()
  const stopped = once(broker, 'exit')
  broker.kill()
  await stopped
  console.log(`${signal}, 5 s after the last of 11 acknowledgements: session ${back.sessionPresent}, messages ${taken.length} of 10, retained ${retained.length} of 1`)
  return [back.sessionPresent, taken.length, retained.length].join()
}
const killed = await survives('SIGKILL')
const ended = await survives('SIGTERM')
process.exit(killed === 'false,0,0' && ended === 'true,10,1' ? 0 : 1)
JS
mosquitto -h | head -1 || true
timeout 60 node kill.mjs
