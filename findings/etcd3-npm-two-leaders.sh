#!/usr/bin/env bash
# What one would guess: who was elected by a campaign of etcd3 (npm) leads until it resigns or its campaign emits `error`, as its documentation
#   says: a leader that is cut off from etcd hears of it when its lease ends, before somebody else leads.
# What happens: `error` comes when the last answer of etcd is two times the lease old. The other candidate is elected after one time: with a lease of
#   5 s both lead for some 4 s, with the 60 s that it has by default for a minute.
# Why a user of chaos meets it: under `partition` of a client from etcd two of them do what only one may do, both without an error.
# Versions: etcd 3.4.23 (Debian 12), npm etcd3 1.1.2, Node 20. 2026-11-30.
set -euo pipefail

for need in etcd node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts etcd3@1.1.2
etcd --version | sed -n 1p
read -r port peer < <(node -e '
  const servers = [1, 2].map(() => require("net").createServer().listen(0, "127.0.0.1"))
  Promise.all(servers.map((s) => new Promise((r) => s.once("listening", r)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "))
    servers.forEach((s) => s.close())
  })')
etcd --data-dir data --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster "default=http://127.0.0.1:$peer" >server.log 2>&1 &
server=$!
timeout 20 node -e 'const go = () => require("net").connect(process.argv[1], "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$port"

cat >leaders.mjs <<'JS'
import {readFileSync} from 'node:fs'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {Etcd3} from 'etcd3'

console.log('etcd3', JSON.parse(readFileSync('node_modules/etcd3/package.json', 'utf8')).version)
const port = Number(process.argv[2])
const LEASE_S = 5
/** What is between the first candidate and etcd: from the cut on it passes nothing on, and closes nothing. */
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

const seen = {}
/** A candidate; says when it is elected and when it is told that it leads no more, s after the cut. */
const campaign = (name, through) => {
  const campaign = new Etcd3({hosts: `127.0.0.1:${through}`}).election('example', LEASE_S).campaign(name)
  return new Promise((resolve) => {
    for (const event of ['elected', 'error']) {
      campaign.on(event, () => {
        seen[`${name} ${event}`] = performance.now()
        resolve()
      })
    }
  })
}
await campaign('first', between.address().port)
const second = campaign('second', port)
await sleep(2000)
const cutAt = performance.now()
cut = true
await second
while (seen['first error'] === undefined) await sleep(50)
const [elected, told] = ['second elected', 'first error'].map((event) => (seen[event] - cutAt) / 1000)
console.log(`lease ${LEASE_S} s; the leader is cut off; after ${elected.toFixed(1)} s the second is elected; the first is told after ${told.toFixed(1)} s: both lead for ${(told - elected).toFixed(1)} s`)
process.exit(seen['first elected'] < cutAt && elected > 0 && told - elected > 2 ? 0 : 1)
JS
timeout 60 node leaders.mjs "$port"
