#!/usr/bin/env bash
# What one would guess: a document that one replica writes and deletes, and another one only copies, is deleted in both after a replication
#   that ends well: nobody else ever wrote it, so there is nothing to conflict with.
# What happens: PouchDB keeps the last thousand revisions of a document. Where more than that were made between two replications, the other
#   replica finds no ancestor that it knows, and takes its own old copy for a concurrent change: a conflict that `get` does not mention. When
#   the document is deleted, that old copy wins: the first replica has none, the second the first value, for ever. Replicated in
#   the other direction it comes back to the one that deleted it. With 999 changes in between the document is gone in both.
# Why a user of chaos meets it: a replica that was cut off while a counter or register was written a thousand times reads, after everything
#   has healed and the deletion arrived, the value from before the cut.
# Versions: npm pouchdb-core, pouchdb-replication and pouchdb-adapter-memory 9.0.0, Node 20. 2026-11-30.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pouchdb-core@9.0.0 pouchdb-replication@9.0.0 pouchdb-adapter-memory@9.0.0
cat >replicas.mjs <<'JS'
import {readFileSync} from 'node:fs'
import PouchDB from 'pouchdb-core'
import memory from 'pouchdb-adapter-memory'
import replication from 'pouchdb-replication'

console.log('pouchdb-core', JSON.parse(readFileSync('node_modules/pouchdb-core/package.json', 'utf8')).version)
PouchDB.plugin(memory).plugin(replication)
/** The value that a replica reads, or the reason why it reads none. */
const read = (replica) => replica.get('x').then((found) => found.value, (error) => error.reason)
const copy = async (from, to) => {
  const {ok, doc_write_failures: failures} = await from.replicate.to(to)
  if (!ok || failures !== 0) throw new Error('the replication failed')
}

/** One replica writes, the other one is cut off for so many changes; then the document is deleted. */
const run = async (changes) => {
  const writer = new PouchDB(`writer-${changes}`, {adapter: 'memory'})
  const reader = new PouchDB(`reader-${changes}`, {adapter: 'memory'})
  let {rev} = await writer.put({_id: 'x', value: 'first'})
  await copy(writer, reader)
  for (let n = 1; n <= changes; n++) ({rev} = await writer.put({_id: 'x', _rev: rev, value: n}))
  await copy(writer, reader)
  const healed = await read(reader)
  await writer.remove('x', rev)
  await copy(writer, reader)
  const deleted = {writer: await read(writer), reader: await read(reader)}
  await copy(reader, writer)
  const back = await read(writer)
  console.log(`${changes} changes: the reader reads ${healed}; deleted: the writer reads ${deleted.writer}, the reader ${deleted.reader}; copied back, the writer reads ${back}`)
  return [healed, deleted.writer, deleted.reader, back].join()
}

const few = await run(999)
const many = await run(1001)
process.exit(few === '999,deleted,deleted,deleted' && many === '1001,deleted,first,first' ? 0 : 1)
JS
timeout 90 node replicas.mjs
