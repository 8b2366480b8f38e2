#!/usr/bin/env bash
# What one would guess: a key that was put with a lease goes when the lease does, also after its value was updated by an ordinary put.
# What happens: a put without a lease takes the key from its lease. The lease is revoked, the key stays, for ever. `ignore_lease` keeps it.
# Why a user of chaos meets it: a registry, or a lock, whose holder writes its state into its own key by a plain put is never freed
#   after `kill`: the lock checker finds a holder that is dead, and liveness that nobody gets the lock.
# Versions: etcd 3.4.23 (Debian 12), npm etcd3 1.1.2, Node 20. 2026-11-30.
set -euo pipefail

command -v etcd >/dev/null || { echo "etcd is not installed: apt-get install etcd-server"; exit 4; }
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
etcd --data-dir "$folder/data" --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --log-level error >"$folder/log" 2>&1 &
server=$!

cat >lease.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {Etcd3} from 'etcd3'

console.log('npm etcd3', JSON.parse(readFileSync('node_modules/etcd3/package.json', 'utf8')).version)
const client = new Etcd3({hosts: `http://127.0.0.1:${process.argv[2]}`})
for (let tries = 0; ; tries++) {
  try {
    await client.get('ready')
    break
  } catch (error) {
    if (tries === 50) throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
/** What is left of a key of a lease, once the lease was revoked. */
const left = async (key, update) => {
  const lease = client.lease(10)
  await lease.put(key).value('me')
  await update(key)
  await lease.revoke()
  return client.get(key).string()
}
const untouched = await left('untouched', async () => {})
const plain = await left('plain', (key) => client.put(key).value('me, busy'))
const kept = await left('kept', (key) => client.put(key).value('me, busy').ignoreLease())
console.log('its lease is revoked: a key that nobody touched', untouched, '| after a plain put', plain, '| after a put that ignores the lease', kept)
process.exit(untouched === null && plain === 'me, busy' && kept === null ? 0 : 1)
JS
timeout 30 node lease.mjs "$port"
