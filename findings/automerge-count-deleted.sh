#!/usr/bin/env bash
# What one would guess: in Automerge a change made while somebody else deletes the key survives the deletion, for a counter as for the rest:
#   the deleter did not see it.
# What happens: a number or text that was set survives, an element of a list that was set too; an increment does not: the counter is gone
#   with all that was counted. And of two counters that two replicas made under one key, one with its increments is gone, of two maps one.
# Why a user of chaos meets it: adds to a counter, acknowledged and merged everywhere, end lower than their sum: a *lost* increment; so do
#   members of a map that both replicas had made when they started.
# Versions: npm @automerge/automerge 3.5.0, Node 20. 2026-11-29.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @automerge/automerge@3.5.0

cat >delete.mjs <<'JS'
import {readFileSync} from 'node:fs'
import * as automerge from '@automerge/automerge'

console.log('@automerge/automerge', JSON.parse(readFileSync('node_modules/@automerge/automerge/package.json', 'utf8')).version)
const actors = ['aa'.repeat(16), 'bb'.repeat(16)]

/** What both replicas have after each made its change to a copy of one state, and they were merged. */
function merged(state, left, right) {
  const base = automerge.from(state, '00'.repeat(16))
  const [one, two] = actors.map((actor) => automerge.clone(base, {actor}))
  const changed = [automerge.change(one, left), automerge.change(two, right)]
  const answers = [
    automerge.merge(automerge.clone(changed[0]), changed[1]),
    automerge.merge(automerge.clone(changed[1]), changed[0]),
  ].map((document) => JSON.stringify(document))
  return answers[0] === answers[1] ? answers[0] : answers.join(' and ')
}

const gone = (document) => {
  delete document.key
}
const results = {
  'a number set, its key deleted': merged({key: 1}, (document) => { document.key = 2 }, gone),
  'an element set, the element deleted': merged({key: ['x']}, ({key}) => { key[0] = 'y' }, ({key}) => { key.splice(0, 1) }),
  'a counter incremented, its key deleted': merged({key: new automerge.Counter(7)}, ({key}) => { key.increment(5) }, gone),
  'a map added to, its key deleted': merged({key: {x: 1}}, ({key}) => { key.y = 2 }, gone),
  'two counters made, 5 and 7 counted': merged(
    {},
    (document) => { document.key = new automerge.Counter(0); document.key.increment(5) },
    (document) => { document.key = new automerge.Counter(0); document.key.increment(7) },
  ),
  'two maps made, x and y added': merged({}, (document) => { document.key = {x: 1} }, (document) => { document.key = {y: 1} }),
}
for (const [what, answer] of Object.entries(results)) console.log(`${what}: ${answer}`)
const seen = Object.values(results).join(' ')
process.exit(seen === '{"key":2} {"key":["y"]} {} {} {"key":7} {"key":{"y":1}}' ? 0 : 1)
JS
timeout 30 node delete.mjs
