#!/usr/bin/env bash
# What one would guess: WATCH, GET, MULTI … EXEC by ioredis is refused when somebody has written the key in between, or ends in an error when
#   the connection was lost in between, since the server forgets what a connection watched.
# What happens: ioredis connects again by itself and goes on with a connection that watches nothing: EXEC succeeds, and what the other has
#   written is overwritten. No command is rejected. node-redis, with the same sequence, refuses ("Client reconnected after WATCH").
# Why a user of chaos meets it: a read, a computation and a conditional write is how cas, bank and counters are written for Redis. Under kills
#   and cuts between the two, an acknowledged cas overwrites what it should have been refused for, and Redis is convicted of a lost update.
# Versions: redis-server 7.0.15 (Debian 12), npm ioredis 6.0.0, redis 6.3.1, Node 20. 2026-11-30.
set -euo pipefail

for need in redis-server node; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server nodejs"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ioredis@6.0.0 redis@6.3.1
redis-server --version | cut -d' ' -f1-3
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >watch.mjs <<'JS'
import {createRequire} from 'node:module'
import Redis from 'ioredis'
import {createClient} from 'redis'

const {version} = createRequire(import.meta.url)('ioredis/package.json')
const port = Number(process.argv[2])
const other = new Redis(port)

/** Reads a balance of 1, and writes 2 if nobody has changed it; meanwhile the connection is closed, or not, and another writes 100. */
async function attempt(title, client, cut) {
  await other.set('balance', 1)
  const connection = await client.id()
  await client.watch('balance')
  const balance = Number(await client.get('balance'))
  const again = cut ? new Promise((resolve) => client.events.once('ready', resolve)) : undefined
  if (cut) await other.client('KILL', 'ID', connection)
  await other.set('balance', 100)
  await again
  const answer = await client.exec('balance', String(balance + 1)).then(JSON.stringify, (error) => `rejected, ${error.message}`)
  const left = await other.get('balance')
  console.log(`${title}, ${cut ? 'its connection closed in between' : 'undisturbed'}: EXEC ${answer}, the balance is ${left}`)
  return left
}

console.log(`ioredis ${version}`)
const io = new Redis(port).on('error', () => {})
const ioredis = {
  events: io,
  id: () => io.client('ID'),
  watch: (key) => io.watch(key),
  get: (key) => io.get(key),
  exec: (key, value) => io.multi().set(key, value).exec()
}
const node = await createClient({url: `redis://127.0.0.1:${port}`}).on('error', () => {}).connect()
const nodeRedis = {
  events: node,
  id: () => node.clientId(),
  watch: (key) => node.watch(key),
  get: (key) => node.get(key),
  exec: (key, value) => node.multi().set(key, value).exec()
}
const seen = []
for (const [title, client] of Object.entries({ioredis, 'node-redis': nodeRedis}))
  for (const cut of [false, true]) seen.push(await attempt(title, client, cut))
process.exit(seen.join(' ') === '100 2 100 100' ? 0 : 1)
JS
timeout 60 node watch.mjs "$port"
