#!/usr/bin/env bash
# What one would guess: JetStream's de-duplication by `Nats-Msg-Id` answers "duplicate" when the stream has the message already.
# What happens: it answers so for the time of the window also when the message is gone, purged or deleted, and for a message of another
#   subject and other content: an acknowledgement with the sequence of what is no longer there, and nothing is stored.
# Why a user of chaos meets it: adding an element, removing it and adding it again with the element as its id is acknowledged three times
#   and the element is missing, which reads as a lost write; so does an id that is unique by key only.
# Versions: nats-server 2.9.10 (Debian 12), npm nats 2.29.3, Node 20. 2026-11-29.
set -euo pipefail

command -v nats-server >/dev/null || { echo "nats-server is not installed: apt-get install nats-server"; exit 4; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nats@2.29.3
nats-server --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/js" >server.log 2>&1 &
server=$!

cat >duplicate.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {connect} from 'nats'

console.log('npm nats', JSON.parse(readFileSync('node_modules/nats/package.json', 'utf8')).version)
const connection = await connect({servers: `127.0.0.1:${process.argv[2]}`, waitOnFirstConnect: true})
const manager = await connection.jetstreamManager()
const stream = connection.jetstream()
await manager.streams.add({name: 'S', subjects: ['s.>']})
const add = (subject, id, text = id) => stream.publish(`s.${subject}`, text, {msgID: id})
const held = async () => (await manager.streams.info('S')).state.messages

await add('a', 'one')
await manager.streams.purge('S')
const purged = await add('a', 'one')
const afterPurge = await held()
const two = await add('a', 'two')
await manager.streams.deleteMessage('S', two.seq)
const deleted = await add('a', 'two')
const afterDelete = await held()
await add('x', 'three', 'first')
const other = await add('y', 'three', 'second')
const y = await manager.streams.getMessage('S', {last_by_subj: 's.y'}).then(
  () => 'there',
  (error) => error.message,
)
const show = ({seq, duplicate}) => `acknowledged as ${seq}${duplicate ? ', duplicate' : ''}`
console.log('purged, published again: ', show(purged), '| messages in the stream:', afterPurge)
console.log('deleted, published again:', show(deleted), '| messages in the stream:', afterDelete)
console.log('another subject and text:', show(other), '| s.y:', y)
await connection.close()
process.exit(purged.duplicate && deleted.duplicate && other.duplicate && afterPurge + afterDelete === 0 && y !== 'there' ? 0 : 1)
JS
timeout 30 node duplicate.mjs "$port"
