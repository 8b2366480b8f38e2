#!/usr/bin/env bash
# What one would guess: `using()` of redlock (npm), which extends its lock by itself, sets `signal.aborted` when an extension has not come about: who
#   looks at the signal, as its documentation says, stops when the lock is lost.
# What happens: it is set when the command that extends fails. Cut off from Redis that command is not answered, and ioredis waits for as long as
#   the connection does: five leases later the first holder is told nothing, and two others have had the lock. That the lock has
#   expired, which its own clock says, does not count. With a `commandTimeout` of 200 ms for ioredis it is told, after ten more tries, too late; with
#   `retryCount: 0` besides, when the lease ends.
# Why a user of chaos meets it: under `partition` of one client from Redis two are within, and the one that looks at the signal too.
# Versions: redis-server 7.0.15 (Debian 12), npm redlock 5.0.0-beta.2, ioredis 6.0.0, Node 20. 2026-11-30.
set -euo pipefail

for need in redis-server node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts redlock@5.0.0-beta.2 ioredis@6.0.0
redis-server --version | cut -d' ' -f1-3
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!
timeout 20 node -e 'const go = () => require("net").connect(process.argv[1], "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$port"

cat >signal.mjs <<'JS'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import Redis from 'ioredis'
import redlock from 'redlock'

for (const name of ['redlock', 'ioredis']) console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version)
const Redlock = redlock.default ?? redlock
const port = Number(process.argv[2])
const LEASE_MS = 4000

/** One holder is cut off within the lock; two others take it, one after the other. */
const run = async (name, options, settings = {}) => {
  /** What is between the first client and Redis: from the cut on it passes nothing on, and closes nothing. */
  let cut = false
  const between = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1')
    for (const [from, to] of [[client, server], [server, client]]) {
      from.on('data', (bytes) => cut || to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => between.once('listening', resolve))
  const client = (port, settings, options) => {
    const redis = new Redis({port, host: '127.0.0.1', ...options})
    redis.on('error', () => {})
    const locks = new Redlock([redis], settings)
    locks.on('error', () => {})
    return locks
  }
  let signal
  client(between.address().port, settings, options).using([name], LEASE_MS, async (given) => {
    signal = given
    await new Promise(() => {})
  }).catch(() => {})
  while (signal === undefined) await sleep(20)
  // It is extended once at least before the cut.
  await sleep(LEASE_MS + 500)
  const early = signal.aborted
  const cutAt = performance.now()
  cut = true
  const after = () => (performance.now() - cutAt) / 1000
  let told, others = 0
  const look = setInterval(() => signal.aborted && (told ??= after()), 20)
  let entered
  for (let n = 0; n < 2; n++) {
    const patient = client(port, {retryCount: -1, retryDelay: 100})
    await patient.using([name], LEASE_MS, async () => {
      entered ??= after()
      others++
    })
  }
  while (after() * 1000 < 5 * LEASE_MS) await sleep(100)
  clearInterval(look)
  const says = told === undefined ? `nothing for ${after().toFixed(0)} s` : `aborted after ${told.toFixed(1)} s`
  console.log(`${name}: lease ${LEASE_MS / 1000} s; the holder is cut off; another is within after ${entered.toFixed(1)} s, ${others} in all; the signal of the first says ${says}`)
  return {early, others, late: told === undefined ? 'never' : told < entered + 1 ? 'with the lease' : 'after'}
}
const [plain, limited, once] = await Promise.all([
  run('as it is', {}),
  run('commandTimeout', {commandTimeout: 200}),
  run('commandTimeout and retryCount: 0', {commandTimeout: 200}, {retryCount: 0}),
])
const is = (found, late) => !found.early && found.others === 2 && found.late === late
process.exit(is(plain, 'never') && is(limited, 'after') && is(once, 'with the lease') ? 0 : 1)
JS
timeout 60 node signal.mjs "$port"
