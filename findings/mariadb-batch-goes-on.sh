#!/usr/bin/env bash
# What one would guess: `connection.batch()` of the mariadb connector for Node either inserts all rows or, with autocommit, those before the
#   first that is refused, whichever way it sends them.
# What happens: one call and one error; what is there depends on the option `bulk`. In one bulk command, the default: none of the rows. One
#   by one, sent ahead without waiting (`bulk: false`): all but the refused one, also those after it. mysql2's way of many rows: none.
# Why a user of chaos meets it: adds in batches, one of which is refused (a retry of one that was applied), are recorded as *fail*, and
#   their elements are there, without any fault.
# Versions: MariaDB 10.11 (Debian 12); npm mariadb 3.5.4, mysql2 3.24.6, Node 20. 2026-11-29.
set -euo pipefail

for need in mariadbd mariadb-install-db; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server"; exit 4; }; done
command -v npm >/dev/null || { echo "npm is not installed: apt-get install npm"; exit 4; }
folder=$(mktemp -d)
maria=
user=$(id -un)
trap '[ -z "$maria" ] || kill -9 "$maria" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mariadb@3.5.4 mysql2@3.24.6
mariadbd --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/sock" >server.log 2>&1 &
maria=$!
node -e 'const port = process.argv[1], go = () => require("net").connect(port, "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$port"

cat >batch.mjs <<'JS'
import {readFileSync} from 'node:fs'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
console.log(`mariadb ${version('mariadb')}, mysql2 ${version('mysql2')}; rows 1, 2, 1 again, 3, 4`)
const where = {host: '127.0.0.1', port: Number(process.argv[2]), user: 'root', database: 'test'}
const rows = [[1], [2], [1], [3], [4]]
const connection = await mariadb.createConnection(where)
await connection.query('create table t (id int primary key)')
const two = await mysql.createConnection(where)
const seen = []
async function trial(name, insert) {
  await connection.query('delete from t')
  const end = await insert().then(() => 'ended well', ({code}) => code)
  const there = (await connection.query('select id from t order by id')).map(({id}) => id).join(' ')
  console.log(`${name}: ${end} | there are: ${there || 'none'}`)
  seen.push(`${end} ${there}`)
}
await trial('mariadb, batch()             ', () => connection.batch('insert into t values (?)', rows))
await trial('mariadb, batch(), bulk: false', () => connection.batch({sql: 'insert into t values (?)', bulk: false}, rows))
await trial('mysql2, query() of many rows ', () => two.query('insert into t values ?', [rows]))
await Promise.all([connection.end(), two.end()])
const d = 'ER_DUP_ENTRY'
process.exit(seen.join('|') === `${d} |${d} 1 2 3 4|${d} ` ? 0 : 1)
JS
timeout 30 node batch.mjs "$port"
