#!/usr/bin/env bash
# What one would guess: `complete()` of pg-boss is refused for a worker whose job has expired and was given to another one, and for a job
#   that is not there.
# What happens: it completes the job that the other one is working on; the other one's `fail()` or `complete()` then changes nothing.
#   Neither is rejected: whether anything was done is `affected`, 0 or 1, in what they resolve with.
# Why a user of chaos meets it: a pause longer than `expireInSeconds` is enough. The job counts as done although the worker that had it
#   last failed, and is not tried again; two workers both say that they completed it.
# Versions: npm pg-boss 10.4.2, PostgreSQL 15.18 (Debian 12), Node 20. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pg-boss@10.4.2
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log

cat >late.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import PgBoss from 'pg-boss'

console.log('pg-boss', JSON.parse(readFileSync('node_modules/pg-boss/package.json', 'utf8')).version)
const boss = new PgBoss(`postgres://postgres@127.0.0.1:${process.argv[2]}/postgres`)
await boss.start()
await boss.createQueue('work')
const id = await boss.send('work', {n: 1}, {expireInSeconds: 1, retryLimit: 5, retryDelay: 0})
const [first] = await boss.fetch('work')
await sleep(1500)
await boss.maintain()
const [second] = await boss.fetch('work')
const state = async () => (await boss.getJobById('work', id)).state
const given = first.id === id && second.id === id
console.log('given to two workers:', given, '| state:', await state())
const late = (await boss.complete('work', first.id)).affected
const afterLate = await state()
console.log('the first one, too late, completes it: affected', late, '| state:', afterLate)
const failed = (await boss.fail('work', second.id)).affected
const afterFail = await state()
console.log('the second one fails:                  affected', failed, '| state:', afterFail)
const none = (await boss.complete('work', '00000000-0000-4000-8000-000000000000')).affected
console.log('complete() of a job that never was:    affected', none)
await boss.stop({graceful: false, wait: true})
process.exit(given && late === 1 && afterLate === 'completed' && failed === 0 && afterFail === 'completed' && none === 0 ? 0 : 1)
JS
timeout 40 node late.mjs "$port"
