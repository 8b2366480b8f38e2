#!/usr/bin/env bash
# What one would guess: etcd's own gRPC proxy, which caches answers "when it does not break consistency requirements", answers a serializable
#   read with what a member has, which may lag behind by a moment, and never with a key whose lease has ended.
# What happens: it keeps the answer to a serializable read for ever, unless a change of that key, or a linearizable read of it, goes through
#   the same proxy. What is put or deleted through another endpoint is not seen, and a key that the proxy itself put with a lease
#   stays after the lease has ended. The member behind it answers serializable reads rightly all the while.
# Why a user of chaos meets it: two clients, one of them through a proxy, differ until the end of the run, without a fault: the convergence
#   and staleness checkers convict etcd; a lock's key that has expired is read as held by whoever looks by a serializable read.
# Versions: etcd 3.4.23 (Debian 12) as server and proxy, npm etcd3 1.1.2, Node 20. 2026-11-30.
set -euo pipefail

for need in etcd node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server= proxy=
trap 'for each in $proxy $server; do kill "$each" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts etcd3@1.1.2
etcd --version | sed -n 1p
read -r port peer front < <(node -e 'const net = require("net")
const all = [1, 2, 3].map(() => net.createServer().listen(0, "127.0.0.1"))
Promise.all(all.map((each) => new Promise((up) => each.once("listening", up)))).then(() => {
  console.log(...all.map((each) => each.address().port))
  for (const each of all) each.close()
})')
etcd --data-dir data --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --log-level error >server.log 2>&1 &
server=$!
etcd grpc-proxy start --endpoints "127.0.0.1:$port" --listen-addr "127.0.0.1:$front" >proxy.log 2>&1 &
proxy=$!

cat >stale.mjs <<'JS'
import {setTimeout as sleep} from 'node:timers/promises'
import {Etcd3} from 'etcd3'

const [server, proxy] = process.argv.slice(2).map((port) => new Etcd3({hosts: `127.0.0.1:${port}`, dialTimeout: 2000}))
for (const client of [server, proxy])
  for (let tries = 0; ; tries++)
    try {
      await client.get('up')
      break
    } catch (error) {
      if (tries === 50) throw error
      await sleep(200)
    }
const saw = []
const read = async (what, client, serializable) => {
  const value = await client.get('key').serializable(serializable)
  console.log(`${what.padEnd(58)} ${value}`)
  saw.push(value)
}
await server.put('key').value('one')
await read('put directly; serializable read by the proxy:', proxy, true)
await server.put('key').value('two')
await sleep(5000)
await read('put directly, 5 s later; serializable read by the proxy:', proxy, true)
await read('serializable read by the server:', server, true)
await read('linearizable read by the proxy:', proxy, false)
await read('serializable read by the proxy:', proxy, true)
await server.delete().key('key')
await read('deleted directly; serializable read by the proxy:', proxy, true)

const lease = proxy.lease(2, {autoKeepAlive: false})
await lease.put('key').value('leased')
await read('put by the proxy with 2 s to live; by the proxy:', proxy, true)
for (let tries = 0; (await server.get('key')) !== null; tries++) {
  if (tries === 100) throw new Error('the lease did not end')
  await sleep(200)
}
await read('the lease has ended; serializable read by the server:', server, true)
await read('serializable read by the proxy:', proxy, true)
process.exit(saw.join() === ['one', 'one', 'two', 'two', 'two', 'two', 'leased', null, 'leased'].join() ? 0 : 1)
JS
timeout 60 node stale.mjs "$port" "$front"
