#!/usr/bin/env bash
# What one would guess: a 64-bit integer that does not fit a number of JavaScript comes from a database's client as a string or a BigInt, as
#   `bigint` does from pg, or the client throws: it is known to all authors of clients.
# What happens: mysql2 rounds what it reads, and ioredis and node-redis what INCR returns, without a word: of 1000 identifiers by UUID_SHORT()
#   63 arrive as different ones, of 1000 by a counter at the size of a snowflake 5. The `insertId` of mysql2 is a string, and differs from
#   what it then reads. mariadb gives a BigInt; `supportBigNumbers` of mysql2 and `stringNumbers` of ioredis keep them.
# Why a user of chaos meets it: unique-ids convicts a database that gave no number twice: the worst thing a test can do. Anything through
#   JSON.parse (`fetch().json()`) is rounded likewise.
# Versions: npm mysql2 3.24.6, mariadb 3.5.4, ioredis 6.0.0, redis 6.3.1, MariaDB 10.11, Redis 7.0.15 (Debian 12), Node 20. 2026-11-29.
set -euo pipefail

for need in mariadbd mariadb-install-db redis-server npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server redis-server npm"; exit 4; }; done
folder=$(mktemp -d)
maria=
redis=
user=$(id -un)
trap 'for pid in $maria $redis; do kill -9 "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mysql2@3.24.6 mariadb@3.5.4 ioredis@6.0.0 redis@6.3.1
mariadbd --version | cut -d' ' -f1-4
redis-server --version | cut -d' ' -f1-3
free() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
await() { node -e 'const port = process.argv[1], go = () => require("net").connect(port, "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$1"; }
port=$(free)
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/sock" >server.log 2>&1 &
maria=$!
cache=$(free)
redis-server --port "$cache" --bind 127.0.0.1 --save '' --dir "$folder" >redis.log &
redis=$!
await "$port"
await "$cache"

cat >ids.mjs <<'JS'
import {readFileSync} from 'node:fs'
import Redis from 'ioredis'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import {createClient} from 'redis'

const [port, cache] = process.argv.slice(2).map(Number)
const where = {host: '127.0.0.1', port, user: 'root', database: 'test'}
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
console.log(['mysql2', 'mariadb', 'ioredis', 'redis'].map((name) => `${name} ${version(name)}`).join(' | '))
const two = await mysql.createConnection(where)
const big = await mysql.createConnection({...where, supportBigNumbers: true})
const maria = await mariadb.createConnection(where)
const io = new Redis(cache)
const strings = new Redis(cache, {stringNumbers: true})
const node = await createClient({url: `redis://127.0.0.1:${cache}`}).connect()
const start = '1234567890123456789'
await two.query('CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT)')
await two.query(`ALTER TABLE t AUTO_INCREMENT = ${start}`)
for (const key of ['io', 'strings', 'node']) await io.set(key, start)

const short = 'SELECT UUID_SHORT() AS id'
const ways = {
  'mysql2 query': async () => (await two.query(short))[0][0].id,
  'mysql2 execute': async () => (await two.execute(short))[0][0].id,
  'ioredis incr': () => io.incr('io'),
  'redis incr': () => node.incr('node'),
  'mysql2 insertId': async () => (await two.query('INSERT INTO t (v) VALUES (1)'))[0].insertId,
  'mysql2, supportBigNumbers': async () => (await big.query(short))[0][0].id,
  'mariadb query': async () => (await maria.query(short))[0].id,
  'ioredis, stringNumbers': () => strings.incr('strings'),
}
const distinct = []
for (const [name, next] of Object.entries(ways)) {
  const ids = []
  for (let i = 0; i < 1000; i++) ids.push(await next())
  distinct.push(new Set(ids).size)
  console.log(`${name.padEnd(25)}: ${typeof ids[0]} such as ${ids[0]}, of 1000 ids ${distinct.at(-1)} are different`)
}
await Promise.all([two.end(), big.end(), maria.end(), node.close()])
io.disconnect()
strings.disconnect()
process.exit(distinct.slice(0, 4).every((n) => n < 600) && distinct.slice(4).every((n) => n === 1000) ? 0 : 1)
JS
timeout 60 node ids.mjs "$port" "$cache"
