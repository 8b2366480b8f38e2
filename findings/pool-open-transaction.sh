#!/usr/bin/env bash
# What one would guess: a connection that goes back to its pool with a transaction open, since an error came before the COMMIT, is rolled
#   back, and locks of the session are given up.
# What happens: the pools of pg and mysql2 pass it on as it is: the next one's COMMIT commits what was given up, and its ROLLBACK undoes an
#   INSERT that was sent as if by itself; an advisory lock is had by everyone who gets the connection. The pool of mariadb rolls back.
# Why a user of chaos meets it: under faults errors come before every COMMIT. The first operation was recorded as *fail* and its row is
#   there, the second as *ok* and its row is not.
# Versions: PostgreSQL 15.18, MariaDB 10.11 (Debian 12); npm pg 8.23.1, mysql2 3.24.6, mariadb 3.5.4, Node 20. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in mariadbd mariadb-install-db; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server"; exit 4; }; done
folder=$(mktemp -d)
maria=
as=()
user=$(id -un)
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/pg" -m immediate stop >/dev/null 2>&1 || true; [ -z "$maria" ] || kill -9 "$maria" 2>/dev/null || true
  wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts pg@8.23.1 mysql2@3.24.6 mariadb@3.5.4
$bin/postgres --version
mariadbd --version
read -r pg my < <(node -e '
  const servers = [1, 2].map(() => require("net").createServer().listen(0, "127.0.0.1"))
  Promise.all(servers.map((s) => new Promise((r) => s.once("listening", r)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "))
    servers.forEach((s) => s.close())
  })')
"${as[@]}" $bin/initdb -D pg -A trust -U postgres >initdb.log
"${as[@]}" $bin/pg_ctl -D pg -w -l pg.log -o "-p $pg -k $folder -c listen_addresses=127.0.0.1" start >start.log
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/my" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/my" --bind-address=127.0.0.1 --port="$my" --socket="$folder/my.sock" >my.log 2>&1 &
maria=$!
node -e 'const port = process.argv[1], go = () => require("net").connect(port, "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$my"

cat >pools.mjs <<'JS'
import {readFileSync} from 'node:fs'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import pg from 'pg'

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
const [pgPort, myPort] = process.argv.slice(2).map(Number)
const my = {host: '127.0.0.1', port: myPort, user: 'root', database: 'test', connectionLimit: 1}
const postgres = new pg.Pool({host: '127.0.0.1', port: pgPort, user: 'postgres', database: 'postgres', max: 1})
const two = mysql.createPool(my)
const maria = mariadb.createPool(my)
const pools = {
  pg: {get: () => postgres.connect(), rows: async (c, sql) => (await c.query(sql)).rows, end: () => postgres.end()},
  mysql2: {get: () => two.getConnection(), rows: async (c, sql) => (await c.query(sql))[0], end: () => two.end()},
  mariadb: {get: () => maria.getConnection(), rows: (c, sql) => c.query(sql), end: () => maria.end()},
}
const seen = {}
for (const [name, {get, rows, end}] of Object.entries(pools)) {
  const use = async (...statements) => {
    const connection = await get()
    let last
    for (const statement of statements) last = await rows(connection, statement)
    await connection.release()
    return last
  }
  await use('drop table if exists t', 'create table t (id int primary key)')
  await use('begin', 'insert into t values (1)')
  await use('begin', 'insert into t values (2)', 'commit')
  await use('begin', 'insert into t values (3)')
  await use('insert into t values (4)')
  await use('rollback')
  const there = (await use('select id from t order by id')).map(({id}) => id)
  console.log(`${name} ${version(name)}: 1 given up, 2 committed by the next; 3 given up, 4 by itself, then somebody's rollback: there are ${there}`)
  seen[name] = there.join()
  if (name === 'pg') {
    const lock = async () => (await use('select pg_try_advisory_lock(7) as lock'))[0].lock
    seen.locks = [await lock(), await lock()].join()
    console.log('   an advisory lock, tried for by two in turn:', seen.locks)
  }
  await end()
}
process.exit(seen.pg === '1,2' && seen.mysql2 === '1,2' && seen.mariadb === '2,4' && seen.locks === 'true,true' ? 0 : 1)
JS
timeout 40 node pools.mjs "$pg" "$my"
