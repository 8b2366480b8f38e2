#!/usr/bin/env bash
# What one would guess: a `Semaphore` of redis-semaphore with a limit of 1, which keeps its holders in Redis, judges by the clock of Redis how old
#   a holder is, as `Mutex` of the same library does, whose key Redis itself lets expire.
# What happens: each client writes its own `Date.now()` for its holder, and throws out whoever is older than `lockTimeout` by its own clock. One
#   whose clock is ahead by that much gets the full semaphore at once and takes the permit away; the holder still says `isAcquired`. `Mutex`
#   refuses it.
# Why a user of chaos meets it: under `clock` two hold a lock that was made of a semaphore of 1, though nobody was paused or cut off.
# Versions: redis-server 7.0.15 (Debian 12), npm redis-semaphore 5.8.0, ioredis 6.0.0, Node 20. 2026-11-30.
set -euo pipefail

for need in redis-server node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts redis-semaphore@5.8.0 ioredis@6.0.0
redis-server --version | cut -d' ' -f1-3
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >ahead.mjs <<'JS'
import {readFileSync} from 'node:fs'
import Redis from 'ioredis'
import {Mutex, Semaphore} from 'redis-semaphore'

for (const each of ['redis-semaphore', 'ioredis']) console.log(each, JSON.parse(readFileSync(`node_modules/${each}/package.json`, 'utf8')).version)
const redis = new Redis(Number(process.argv[2]), '127.0.0.1')
const options = {lockTimeout: 30_000, acquireAttemptsLimit: 1}
const right = Date.now
// The other client is a machine of its own, whose clock is ahead by 31 s.
const ahead = async (work) => {
  Date.now = () => right() + 31_000
  try {
    return await work()
  } finally {
    Date.now = right
  }
}
const ask = async (make) => {
  const [holder, same, other] = [make(), make(), make()]
  const had = await holder.tryAcquire()
  const sameClock = await same.tryAcquire()
  const otherClock = await ahead(() => other.tryAcquire())
  const answer = {had, sameClock, otherClock, stillSays: holder.isAcquired}
  for (const each of [holder, same, other]) await each.release()
  return answer
}
const semaphore = await ask(() => new Semaphore(redis, 'semaphore', 1, options))
const mutex = await ask(() => new Mutex(redis, 'mutex', options))
const tell = (name, {had, sameClock, otherClock, stillSays}) =>
  console.log(`${name}: first ${had} | another at once ${sameClock} | another whose clock is 31 s ahead ${otherClock} | the first still says ${stillSays}`)
tell('Semaphore of 1', semaphore)
tell('Mutex         ', mutex)
const fits = ({had, sameClock, otherClock, stillSays}, wanted) => had && !sameClock && otherClock === wanted && stillSays
process.exit(fits(semaphore, true) && fits(mutex, false) ? 0 : 1)
JS
timeout 30 node ahead.mjs "$port"
