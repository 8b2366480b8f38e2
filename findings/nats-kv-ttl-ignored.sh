#!/usr/bin/env bash
# What one would guess: a bucket with `markerTTL`, and `kv.create(key, value, ttl)` of @nats-io/kv, end in an error where the server is older than
#   2.11, which brought a time to live of single messages.
# What happens: both resolve, and the time to live is ignored: the key is there for ever, and nobody else can create it.
# Why a user of chaos meets it: this is the usual lease or lock of NATS. Under `kill` its holder is gone and the lock stays: clients
#   of a real cluster with the server of Debian 12 never get it again, which is read as a fault of the cluster.
# Versions: nats-server 2.9.10 (Debian 12), npm @nats-io/kv 3.4.0, @nats-io/transport-node 3.4.0, Node 20. 2026-11-30.
set -euo pipefail

command -v nats-server >/dev/null || { echo "nats-server is not installed: apt-get install nats-server"; exit 4; }
case "$(nats-server --version)" in *v2.9.*) ;; *) echo "this nats-server has times to live of messages: Debian 12 has 2.9.10"; exit 4 ;; esac
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @nats-io/kv@3.4.0 @nats-io/transport-node@3.4.0
nats-server --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/data" >server.log 2>&1 &
server=$!

cat >ttl.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {Kvm} from '@nats-io/kv'
import {connect} from '@nats-io/transport-node'

console.log('npm @nats-io/kv', JSON.parse(readFileSync('node_modules/@nats-io/kv/package.json', 'utf8')).version)
const connection = await connect({servers: `127.0.0.1:${process.argv[2]}`, waitOnFirstConnect: true, reconnectTimeWait: 100})
const outcome = (work) => work.then(() => 'resolved', (error) => `rejected, ${error.message}`)
const seen = []
for (const options of [{}, {markerTTL: 1000}]) {
  const title = JSON.stringify(options)
  const bucket = `b${seen.length}`
  const kv = await new Kvm(connection).create(bucket, options)
  const created = await outcome(kv.create('lock', 'me', '1s'))
  await sleep(3000)
  const entry = await kv.get('lock')
  const other = await outcome(kv.create('lock', 'you', '1s'))
  seen.push([created, entry?.operation, entry?.string(), other])
  console.log(`bucket with ${title}: create for 1 s ${created} | 3 s later ${entry?.operation} ${entry?.string()} | create by another: ${other}`)
}
process.exit(seen.every(([created, , value, other]) => created === 'resolved' && value === 'me' && other.startsWith('rejected')) ? 0 : 1)
JS
timeout 60 node ttl.mjs "$port"
