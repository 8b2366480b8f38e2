#!/usr/bin/env bash
# What one would guess: a transaction of etcd3 (npm), `client.stm()`, that nobody disturbs is committed; "a conflict occurred" says that somebody
#   else has written meanwhile, and that it may go better next time.
# What happens: at its isolation level by default (SerializableSnapshot) it demands that no key it writes was changed later than the first of the
#   keys that it read. Of two accounts, of which one was changed last, a transfer reads both and writes both, and is refused: each time, for ever, by
#   the only client there is. Only the account that was changed first can be written. At the level Serializable it is committed.
# Why a user of chaos meets it: of a bank with more than two accounts nearly all transfers end as *fail*, which is no anomaly: such a run is green,
#   and has tested next to nothing.
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

cat >transfer.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {Etcd3} from 'etcd3'

console.log('etcd3', JSON.parse(readFileSync('node_modules/etcd3/package.json', 'utf8')).version)
// `Isolation.Serializable`, which TypeScript puts in where it is used: the library has no such value at run time.
const SERIALIZABLE = 1
const client = new Etcd3({hosts: `127.0.0.1:${process.argv[2]}`})
/** Reads both accounts and writes some of them: how it ended, and how often it was tried. */
const transaction = async (written, options) => {
  await client.put('a').value('10')
  await client.put('b').value('10')
  let tries = 0
  const ended = await client.stm(options).transact(async (tx) => {
    tries++
    const [a, b] = [Number(await tx.get('a')), Number(await tx.get('b'))]
    const after = {a: a - 1, b: b + 1}
    for (const key of written) await tx.put(key).value(String(after[key]))
  }).then(() => 'committed', (error) => error.constructor.name)
  return `${ended}, tries ${tries}`
}
const both = await transaction('ab')
const again = await transaction('ab', {retries: 50})
const last = await transaction('b')
const first = await transaction('a')
const serializable = await transaction('ab', {isolation: SERIALIZABLE})
console.log(`one client, b changed after a; reads both and writes both: ${both}; with 50 retries: ${again}; writes b: ${last}; writes a: ${first}`)
console.log(`at the level Serializable, writes both: ${serializable}`)
process.exit([both, again, last, first, serializable].join('; ') ===
  'STMConflictError, tries 4; STMConflictError, tries 51; STMConflictError, tries 4; committed, tries 1; committed, tries 1' ? 0 : 1)
JS
timeout 60 node transfer.mjs "$port"
