#!/usr/bin/env bash
# What one would guess: to purge one subject of a JetStream stream with three replicas removes that subject's messages, and a
#   replica that is killed and started again afterwards has what the others have.
# What happens: it comes back with only the messages that were stored after the last purge, here 20 of 111, and stays like that.
#   Once such a replica leads, what it does not have is lost, though it was acknowledged.
# Why a user of chaos meets it: a set whose elements are subjects, removed by purging, is convicted of lost elements under `kill`.
# Versions: nats-server 2.9.10 (Debian 12), npm nats 2.29.3, Node 20. 2026-11-29.
set -euo pipefail

command -v nats-server >/dev/null || { echo "nats-server is not installed: apt-get install nats-server"; exit 4; }
folder=$(mktemp -d)
trap 'for pid in $(cat "$folder"/pids 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nats@2.29.3
nats-server --version

cat >purge.mjs <<'JS'
import {spawn} from 'node:child_process'
import {appendFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {connect} from 'nats'

const free = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address()
      server.close(() => resolve(port))
    })
  })
const ids = [1, 2, 3]
const ports = {}
for (const i of ids) ports[i] = {client: await free(), monitor: await free(), route: await free()}
const running = {}
const start = (i) => {
  running[i] = spawn('nats-server', ['-c', `n${i}.conf`], {stdio: 'ignore'})
  appendFileSync('pids', `${running[i].pid}\n`)
}
for (const i of ids) {
  const routes = ids.filter((j) => j !== i).map((j) => `"nats-route://127.0.0.1:${ports[j].route}"`)
  writeFileSync(
    `n${i}.conf`,
    `server_name: n${i}\nlisten: 127.0.0.1:${ports[i].client}\nhttp: 127.0.0.1:${ports[i].monitor}\njetstream { store_dir: "js${i}" }\n` +
      `cluster { name: lab, listen: 127.0.0.1:${ports[i].route}, routes: [${routes.join(', ')}] }\n`,
  )
  start(i)
}
const until = async (work) => {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 100) throw error
      await sleep(300)
    }
  }
}
const messages = async () => {
  const counts = {}
  for (const i of ids) {
    const answer = await until(() => fetch(`http://127.0.0.1:${ports[i].monitor}/jsz?accounts=true&streams=true`))
    counts[`n${i}`] = (await answer.json()).account_details?.[0]?.stream_detail?.[0]?.state?.messages
  }
  return counts
}
const connection = await until(() => connect({servers: `127.0.0.1:${ports[1].client}`, maxReconnectAttempts: -1}))
const manager = await connection.jetstreamManager({checkAPI: false})
await until(() => manager.streams.add({name: 'S', subjects: ['s.>'], num_replicas: 3}))
const publish = (subject) => connection.jetstream().publish(subject, Buffer.from('x'))
await until(() => publish('s.first'))
for (let k = 0; k < 100; k++) await publish(`s.${k}`)
for (let k = 0; k < 10; k++) await manager.streams.purge('S', {filter: `s.${k * 3}`})
for (let k = 100; k < 120; k++) await publish(`s.${k}`)
await sleep(1000)
console.log('before:', JSON.stringify(await messages()))
const leader = (await manager.streams.info('S')).cluster.leader
const follower = ids.findLast((i) => `n${i}` !== leader && i !== 1)
running[follower].kill('SIGKILL')
await sleep(500)
start(follower)
await sleep(6000)
const after = await messages()
console.log(`n${follower}, a follower, killed and started again:`, JSON.stringify(after))
process.exit(after.n1 === 111 && after[`n${follower}`] === 20 ? 0 : 1)
JS
timeout 90 node purge.mjs
