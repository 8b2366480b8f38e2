#!/usr/bin/env bash
# What one would guess: what mqtt.js publishes with quality of service 2, "exactly once", and reports as published is delivered once, also
#   when the connection breaks in between and the client connects again by itself.
# What happens: with its default `clean: true` the broker forgets the session with the connection, the client does not: it sends the message
#   again into the new session, where it is a new one. One publish, one report of success, two deliveries. With `clean: false` it is one.
# Why a user of chaos meets it: a cut that takes one PUBREC is enough to convict a broker of duplicates that its client made.
# Versions: npm mqtt 5.16.0, broker aedes 1.2.0, Node 20. 2026-11-29.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mqtt@5.16.0 aedes@1.2.0

cat >twice.mjs <<'JS'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {Aedes} from 'aedes'
import mqtt from 'mqtt'

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
console.log('mqtt', version('mqtt'), '| aedes', version('aedes'))
async function listen(handle) {
  const server = net.createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}
const broker = await listen((await Aedes.createBroker()).handle)

// Carries bytes to the broker; cuts the connection instead of delivering one answer of a type.
const PUBREC = 0x50
const PUBCOMP = 0x70
let lose = 0
const link = await listen((client) => {
  const server = net.connect(broker, '127.0.0.1')
  client.on('data', (data) => server.write(data))
  server.on('data', (data) => {
    if ((data[0] & 0xf0) !== lose) return client.write(data)
    lose = 0
    client.destroy()
  })
  client.on('error', () => undefined).on('close', () => server.destroy())
  server.on('error', () => undefined).on('close', () => client.destroy())
})

const delivered = []
const subscriber = await mqtt.connectAsync({port: broker, clientId: 'subscriber'})
subscriber.on('message', (_, text) => delivered.push(String(text)))
await subscriber.subscribeAsync('topic', {qos: 2})
const results = []
for (const clean of [true, false])
  for (const [name, type] of Object.entries({PUBREC, PUBCOMP})) {
    const text = `${name}-${clean}`
    const publisher = await mqtt.connectAsync({port: link, clientId: text, reconnectPeriod: 100, ...(clean ? {} : {clean})})
    lose = type
    const end = await Promise.race([publisher.publishAsync('topic', text, {qos: 2}).then(() => 'published', ({message}) => message), sleep(5000, 'pending', {ref: false})])
    await sleep(300)
    const times = delivered.filter((one) => one === text).length
    console.log(`${clean ? 'default settings' : 'clean: false    '}, ${name.padEnd(7)} lost: ${end}, delivered ${times} time${times === 1 ? '' : 's'}`)
    results.push(`${end} ${times}`)
    await publisher.endAsync(true)
  }
process.exit(results.join() === 'published 2,published 1,published 1,published 1' ? 0 : 1)
JS
timeout 40 node twice.mjs
