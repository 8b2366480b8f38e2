#!/usr/bin/env bash
# What one would guess: of a key that one replica sets while another, who has not seen it, sets and deletes it, the value stays: in Yjs
#   a deletion concerns only what the deleter has seen, and a concurrent set survives a deletion (it does, if the deleter did not set).
# What happens: it depends on which of the two random client numbers is larger. With the smaller number, a set that nobody ever deleted
#   or overwrote knowingly is gone on both replicas. Automerge keeps it either way.
# Why a user of chaos meets it: a set of elements kept as keys of a Y.Map (add-wins, as one believes) loses elements after a
#   partition in about half of the runs, with every add acknowledged.
# Versions: npm yjs 13.6.33, @automerge/automerge 3.5.0, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts yjs@13.6.33 @automerge/automerge@3.5.0
cat >lost.mjs <<'JS'
import {readFileSync} from 'node:fs'
import * as Automerge from '@automerge/automerge'
import * as Y from 'yjs'

for (const name of ['yjs', '@automerge/automerge']) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version)
}
/** What both replicas hold in the end: one deletes the key, after having set it itself or not; the other sets it. */
const yjs = (deleter, setter, setsFirst) => {
  const [a, b] = [new Y.Doc(), new Y.Doc()]
  a.clientID = deleter
  b.clientID = setter
  a.getMap('m').set(setsFirst ? 'another' : 'k', 'old')
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a))
  if (setsFirst) a.getMap('m').set('k', 'old')
  a.getMap('m').delete('k')
  b.getMap('m').set('k', 'new')
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a))
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b))
  return [a, b].map((doc) => doc.getMap('m').get('k') ?? 'nothing').join(' ')
}
const automerge = (deleter, setter) => {
  let a = Automerge.from({another: 0}, {actor: deleter})
  let b = Automerge.clone(a, {actor: setter})
  a = Automerge.change(a, (doc) => {
    doc.k = 'old'
  })
  a = Automerge.change(a, (doc) => {
    delete doc.k
  })
  b = Automerge.change(b, (doc) => {
    doc.k = 'new'
  })
  return [Automerge.merge(Automerge.clone(a), b), Automerge.merge(Automerge.clone(b), a)].map((doc) => doc.k ?? 'nothing').join(' ')
}
const results = [
  ['delete against set, deleter 1, setter 2:               ', yjs(1, 2, false), 'new new'],
  ['delete against set, deleter 2, setter 1:               ', yjs(2, 1, false), 'new new'],
  ['set and delete against set, deleter 1, setter 2:       ', yjs(1, 2, true), 'new new'],
  ['set and delete against set, deleter 2, setter 1:       ', yjs(2, 1, true), 'nothing nothing'],
  ['Automerge, set and delete against set, deleter smaller:', automerge('aa', 'bb'), 'new new'],
  ['Automerge, set and delete against set, deleter larger: ', automerge('bb', 'aa'), 'new new'],
]
for (const [what, got] of results) console.log(what, got)
process.exit(results.every(([, got, expected]) => got === expected) ? 0 : 1)
JS
timeout 30 node lost.mjs
