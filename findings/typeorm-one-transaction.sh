#!/usr/bin/env bash
# What one would guess: two `dataSource.transaction()` of TypeORM that run at once on SQLite exclude each other, as SQLite has one writer: the
#   second one waits or is refused, and what it has committed stays whatever becomes of the first.
# What happens: all calls share one connection, and a transaction that begins while another is open is a savepoint within it. The second one
#   ends well, others read its row, and it is gone when the first is rolled back; so is a plain `insert` that had been told it was done.
# Why a user of chaos meets it: a service with TypeORM on SQLite answers "done" for what one failing request undoes: the set and bank checkers
#   find lost elements and lost transfers, without any fault.
# Versions: npm typeorm 0.3.31, sql.js 1.14.1 (which needs no compiler; better-sqlite3 12.11.1 does the same), Node 20. 2026-11-30.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps typeorm@0.3.31 sql.js@1.14.1 reflect-metadata@0.2.2

cat >shared.mjs <<'JS'
import 'reflect-metadata'
import {readFileSync} from 'node:fs'
import typeorm from 'typeorm'

for (const each of ['typeorm', 'sql.js']) console.log(each, JSON.parse(readFileSync(`node_modules/${each}/package.json`, 'utf8')).version)
const Row = new typeorm.EntitySchema({name: 'row', columns: {id: {type: Number, primary: true}}})
const source = await new typeorm.DataSource({type: 'sqljs', entities: [Row], synchronize: true}).initialize()
const rows = async () => (await source.manager.find('row', {order: {id: 'ASC'}})).map((row) => row.id)

let began, giveUp
const hasBegun = new Promise((resolve) => (began = resolve))
const gaveUp = new Promise((resolve) => (giveUp = resolve))
const first = source.transaction(async (manager) => {
  await manager.insert('row', {id: 1})
  began()
  await gaveUp
  throw new Error('gives up')
})
await hasBegun
const second = await source.transaction((manager) => manager.insert('row', {id: 2})).then(() => 'committed', (error) => error.message)
const plain = await source.manager.insert('row', {id: 3}).then(() => 'inserted', (error) => error.message)
const during = await rows()
giveUp()
const outcome = await first.then(() => 'committed', (error) => error.message)
const after = await rows()
console.log(`while the first transaction is open: the second ${second}, row 3 ${plain}, rows ${JSON.stringify(during)}`)
console.log(`the first ${outcome}; rows ${JSON.stringify(after)}`)
process.exit(second === 'committed' && plain === 'inserted' && during.length === 3 && outcome === 'gives up' && after.length === 0 ? 0 : 1)
JS
timeout 40 node shared.mjs
