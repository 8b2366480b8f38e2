#!/usr/bin/env bash
# What one would guess: a transaction of `lmdb` (npm) whose callback throws is undone: it is rejected, and nothing of it is there.
# What happens: `transaction()`, the usual one, is rejected with the error, and what was put before the error is committed: callbacks share
#   one transaction of the file with whatever else is written at the time. So it is with an asynchronous callback. `childTransaction()` and
#   `transactionSync()` undo it.
# Why a user of chaos meets it: a transfer, or a compare-and-set that throws when its second half may not be done, is recorded as *fail* and
#   half of it is there: a bank whose total changes without any fault. It stands in its manual, beside the name of the other function.
# Versions: npm lmdb 3.5.6, Node 20. 2026-11-29.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts lmdb@3.5.6
cat >thrown.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setImmediate} from 'node:timers/promises'
import {open} from 'lmdb'

console.log('lmdb', JSON.parse(readFileSync('node_modules/lmdb/package.json', 'utf8')).version, '| node', process.version)
const db = open({path: 'bank'})
const total = () => db.get('a') + db.get('b')

/** Takes 50 from a and gives it to b, but finds between the two that it may not. */
function refused() {
  db.put('a', db.get('a') - 50)
  throw new Error('b is closed')
}
const trials = {
  transaction: () => db.transaction(refused),
  'transaction, asynchronous': () =>
    db.transaction(async () => {
      db.put('a', db.get('a') - 50)
      await setImmediate()
      throw new Error('b is closed')
    }),
  childTransaction: () => db.childTransaction(refused),
  transactionSync: async () => db.transactionSync(refused),
}
const totals = []
for (const [name, trial] of Object.entries(trials)) {
  await db.put('a', 100)
  await db.put('b', 100)
  const outcome = await trial().then(() => 'resolved', (error) => `rejected: ${error.message}`)
  await db.flushed
  totals.push(total())
  console.log(`${name.padEnd(25)}: ${outcome} | total of 200 is ${total()}`)
}
await db.close()
process.exit(totals.join() === '150,150,200,200' ? 0 : 1)
JS
timeout 30 node thrown.mjs
