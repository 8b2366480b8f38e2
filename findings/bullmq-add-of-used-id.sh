#!/usr/bin/env bash
# What one would guess: `queue.add()` of BullMQ with the `jobId` of a job that was done long ago adds the job or is rejected; what it
#   resolves with is the job that is in the queue.
# What happens: it resolves with a job that has the new data and the id, and nothing is stored: the old job, done, keeps its own data, and no
#   worker ever gets the new one. With `removeOnComplete` it is added. Nothing of the answer tells the one from the other.
# Why a user of chaos meets it: an id that is derived from the element keeps retries from adding it twice, and an element that is added
#   again after it was taken is acknowledged and never delivered: a lost element.
# Versions: npm bullmq 6.7.0, redis-server 7.0.15 (Debian 12), Node 20. 2026-11-29.
set -euo pipefail

for need in redis-server npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bullmq@6.7.0 ioredis@6.0.0
redis-server --version | cut -d' ' -f1-3
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >again.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {Queue, Worker} from 'bullmq'

console.log('bullmq', JSON.parse(readFileSync('node_modules/bullmq/package.json', 'utf8')).version)
const connection = {host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null}
async function trial(name, options) {
  const queue = new Queue(name, {connection})
  const taken = []
  const worker = new Worker(name, async ({data}) => void taken.push(data.n), {connection})
  const told = []
  for (const n of [1, 2]) {
    const job = await queue.add('element', {n}, {jobId: 'element-a', ...options})
    told.push(job.data.n)
    await sleep(1500)
  }
  const stored = (await queue.getJob('element-a'))?.data.n ?? 'nothing'
  console.log(`${name}: add() resolved with data ${told.join(' and ')} | workers got ${taken.join(' and ')} | stored under the id: ${stored}`)
  await worker.close()
  await queue.close()
  return [...told, 'got', ...taken, 'stored', stored].join(' ')
}
const kept = await trial('default-settings', {})
const removed = await trial('removeOnComplete', {removeOnComplete: true})
process.exit(kept === '1 2 got 1 stored 1' && removed === '1 2 got 1 2 stored nothing' ? 0 : 1)
JS
timeout 40 node again.mjs "$port"
