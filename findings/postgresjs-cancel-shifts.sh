#!/usr/bin/env bash
# What one would guess: `cancel()` of a query of postgres.js that still waits behind another one on its connection ends that query, and
#   every other query gets its own rows.
# What happens: the cancelled one never settles, and each query behind it is given the rows of the one before: a read of c returns b.
#   postgres.js sends queries ahead (`max_pipeline`, 100 by default) and skips the cancelled one in its own list, though the server
#   answers it. With `max_pipeline: 0` the cancelled query is rejected, and the others get what they asked for.
# Why a user of chaos meets it: `cancel()` at a deadline is how a client bounds a query that a fault holds up, and the queries of a
#   transaction share a connection. The record then has reads of other keys' values, and PostgreSQL is convicted of them.
# Versions: npm postgres 3.4.9, PostgreSQL 15.18 (Debian 12), Node 20. 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts postgres@3.4.9
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log

cat >cancel.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import postgres from 'postgres'

console.log('npm postgres', JSON.parse(readFileSync('node_modules/postgres/package.json', 'utf8')).version)
/** What four queries on one connection come to, of which the second is cancelled while the first runs. */
const answers = async (options) => {
  const sql = postgres({host: '127.0.0.1', port: Number(process.argv[2]), user: 'postgres', database: 'postgres', max: 1, ...options})
  await sql`select 1`
  const queries = [
    sql`select 'a' as v from pg_sleep(0.5)`.execute(),
    sql`select 'b' as v`.execute(),
    sql`select 'c' as v`.execute(),
    sql`select 'd' as v`.execute(),
  ]
  const ended = queries.map((query) => Promise.race([query.then(([row]) => row.v, (error) => error.code), sleep(3000, 'pending')]))
  await sleep(100)
  queries[1].cancel()
  return (await Promise.all(ended)).join(' ')
}
const ahead = await answers({})
const single = await answers({max_pipeline: 0})
console.log('selects of a b c d, where b was cancelled:', ahead, '| with max_pipeline: 0:', single)
process.exit(ahead === 'a pending b c' && single === 'a 57014 c d' ? 0 : 1)
JS
timeout 30 node cancel.mjs "$port"
