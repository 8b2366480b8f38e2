#!/usr/bin/env bash
# What one would guess: where memcached does not answer within half a second, a command of memjs ends in an error, and false from `add` means that
#   somebody else has the key.
# What happens: memjs sends the command once more, `increment` too: one call counts two and is reported as a success. An `add`
#   whose answer was late finds its own key, and says false: a lock that nobody knows to have. With `retries: 1` both are rejected.
# Why a user of chaos meets it: under `latency`, `pause` and Toxiproxy a counter counts more than was added, and a *fail* that took place convicts
#   memcached of not being linearizable.
# Versions: memcached 1.6.18 (Debian 12), npm memjs 1.3.2, Node 20. 2026-11-30.
set -euo pipefail

for need in memcached node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install memcached nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts memjs@1.3.2
memcached --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
memcached -l 127.0.0.1 -p "$port" -u root >server.log 2>&1 &
server=$!

cat >again.mjs <<'JS'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import memjs from 'memjs'

console.log('memjs', JSON.parse(readFileSync('node_modules/memjs/package.json', 'utf8')).version)
const port = Number(process.argv[2])
for (let tries = 0; ; tries++) {
  const socket = net.connect(port, '127.0.0.1')
  const answers = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  if (answers) break
  if (tries === 100) throw new Error('memcached did not start')
  await sleep(50)
}
// Once told to, it keeps one answer of the server to itself.
let losing = false
let lost = 0
const link = net.createServer((client) => {
  const server = net.connect(port, '127.0.0.1')
  client.on('data', (part) => server.write(part))
  server.on('data', (part) => {
    if (!losing) client.write(part)
    else lost++
    losing = false
  })
  client.on('error', () => undefined).on('close', () => server.destroy())
  server.on('error', () => undefined).on('close', () => client.destroy())
}).listen(0, '127.0.0.1')
await once(link, 'listening')

const direct = memjs.Client.create(`127.0.0.1:${port}`)
const there = async (key) => String((await direct.get(key)).value)
const outcome = async (work) => {
  losing = true
  try {
    return JSON.stringify(await work())
  } catch (error) {
    return `rejected (${error.message})`
  }
}
const results = []
for (const [name, options] of Object.entries({'as it comes': {}, 'retries: 1': {retries: 1}})) {
  lost = 0
  const client = () => memjs.Client.create(`127.0.0.1:${link.address().port}`, options)
  await direct.set('count', '0', {expires: 0})
  await direct.delete('lock')
  const counted = await outcome(() => client().increment('count', 1, {initial: 0, expires: 0}))
  const locked = await outcome(() => client().add('lock', 'me', {expires: 0}))
  const [count, lock] = [await there('count'), await there('lock')]
  console.log(`${name}, ${lost} answers lost: increment of 0 ${counted}, there is ${count} | add of a free key ${locked}, it is ${lock}'s`)
  results.push([lost, counted.replace(/ .*/, ''), count.trim(), locked.replace(/ .*/, ''), lock].join())
}
process.exit(results.join(' ') === '2,{"success":true,"value":2},2,false,me 2,rejected,1,rejected,me' ? 0 : 1)
JS
timeout 40 node again.mjs "$port" 2>again.log || { code=$?; tail -3 again.log; exit $code; }
