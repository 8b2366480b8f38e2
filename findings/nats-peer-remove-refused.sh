#!/usr/bin/env bash
# What one would guess: a request to remove a replica from a JetStream stream that is answered by an error has changed nothing.
# What happens: where no other server can take the place, the answer is error 10075, "peer remap failed", and the replica is
#   removed all the same; the stream goes on with two replicas, while its configuration says three. Asked once more it is another
#   error, since the server is no member any more. It comes back when the configuration is set to two replicas and then to three.
# Why a user of chaos meets it: the membership fault of `nats` removes and adds replicas; believing the answer, it would have
#   recorded that nothing happened.
# Versions: nats-server 2.9.10 (Debian 12), npm nats 2.29.3, Node 20. 2026-11-29.
set -euo pipefail

command -v nats-server >/dev/null || { echo "nats-server is not installed: apt-get install nats-server"; exit 4; }
folder=$(mktemp -d)
trap 'for pid in $(cat "$folder"/pids 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nats@2.29.3
nats-server --version

cat >remove.mjs <<'JS'
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
const connection = await until(() => connect({servers: `127.0.0.1:${ports[1].client}`}))
const ask = async (subject, body) => {
  const {data} = await connection.request(`$JS.API.${subject}`, JSON.stringify(body), {timeout: 5000})
  return JSON.parse(Buffer.from(data).toString())
}
const must = async (subject, body) => {
  const answer = await ask(subject, body)
  if (answer.error) throw new Error(answer.error.description)
  return answer
}
const look = async () => {
  const {config, cluster} = await must('STREAM.INFO.log', {})
  const replicas = [cluster.leader, ...(cluster.replicas ?? []).map(({name}) => name)].sort()
  return {config, replicas, words: `configured for ${config.num_replicas}, replicas ${replicas.join(' ')}`}
}
const untilReplicas = (count) =>
  until(async () => {
    const seen = await look()
    if (seen.replicas.length !== count) throw new Error(seen.words)
    return seen
  })

await until(() => must('STREAM.CREATE.log', {name: 'log', subjects: ['log'], retention: 'limits', storage: 'file', num_replicas: 3}))
console.log('before:        ', (await untilReplicas(3)).words)
const answer = await ask('STREAM.PEER.REMOVE.log', {peer: 'n2'})
console.log('peer-remove n2:', JSON.stringify(answer.error ?? answer.success))
const removed = await untilReplicas(2)
console.log('afterwards:    ', removed.words)
const again = await ask('STREAM.PEER.REMOVE.log', {peer: 'n2'})
console.log('once more:     ', JSON.stringify(again.error ?? again.success))
for (const num_replicas of [2, 3]) {
  await until(() => must('STREAM.UPDATE.log', {...removed.config, num_replicas}))
  // A change that follows at once is acknowledged, and comes to nothing.
  await until(async () => {
    const {config, words} = await look()
    if (config.num_replicas !== num_replicas) throw new Error(words)
  })
}
console.log('put back:      ', (await untilReplicas(3)).words)
const asSeen = answer.error?.err_code === 10075 && !removed.replicas.includes('n2') && removed.config.num_replicas === 3
process.exit(asSeen && again.error !== undefined ? 0 : 1)
JS
node remove.mjs
