#!/usr/bin/env bash
# What one would guess: replicas of a CRDT that have received the same updates have the same state, in whatever order those came.
# What happens: Loro's counter adds up floating-point numbers in the order of arrival. Two replicas with the same version, given 0.1,
#   0.2 and 0.3 in two orders, say 0.6000000000000001 and 0.6, and no further exchange brings them together.
# Why a user of chaos meets it: a convergence check that compares replicas after healing finds two that never agree.
# Versions: npm loro-crdt 1.17.1, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts loro-crdt@1.17.1
cat >counter.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {LoroDoc} from 'loro-crdt'

console.log('loro-crdt', JSON.parse(readFileSync('node_modules/loro-crdt/package.json', 'utf8')).version)
const replicas = (amounts) => {
  const updates = amounts.map((amount, i) => {
    const writer = new LoroDoc()
    writer.setPeerId(String(i + 1))
    writer.getCounter('n').increment(amount)
    writer.commit()
    return writer.export({mode: 'update'})
  })
  const [one, other] = [new LoroDoc(), new LoroDoc()]
  for (const update of updates) one.import(update)
  for (const update of [...updates].reverse()) other.import(update)
  one.import(other.export({mode: 'update'}))
  other.import(one.export({mode: 'update'}))
  const same = JSON.stringify([...one.version().toJSON()].sort()) === JSON.stringify([...other.version().toJSON()].sort())
  return [one.getCounter('n').value, other.getCounter('n').value, same]
}
const [left, right, same] = replicas([0.1, 0.2, 0.3])
console.log('increments 0.1, 0.2, 0.3:', left, 'and', right, '| same version:', same)
const [a, b] = replicas([1, 2, 3])
console.log('increments 1, 2, 3:      ', a, 'and', b)
process.exit(left !== right && same && a === b ? 0 : 1)
JS
timeout 30 node counter.mjs
