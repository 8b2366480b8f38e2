#!/usr/bin/env bash
# What one would guess: a transaction of MariaDB that is refused a row, because it has changed since it was read, is told so by the SQLSTATE
#   of serialization failures (40001), as PostgreSQL and MariaDB's own deadlocks are, and statements after that are refused until ROLLBACK.
# What happens (`innodb_snapshot_isolation`, the default from MariaDB 11.6.2 on, here turned on in 10.11): error 1020 with SQLSTATE HY000,
#   "general error", under which no rule that retries by SQLSTATE finds it. The whole transaction is undone, and the session is out of it:
#   the next statement is committed by itself, and COMMIT succeeds. `SELECT … FOR UPDATE`, which would have read the newest row before,
#   and `INSERT IGNORE` of a key that somebody else has inserted meanwhile, do the same: IGNORE ignores it not.
# Why a user of chaos meets it: a client that goes on after an error within a transaction, or commits, records half a transaction as
#   *ok*; one that looks for 40001 takes an undone transaction for unknown.
# Versions: MariaDB 10.11.19 (Debian 12), npm mysql2 3.24.6, Node 20. 2026-11-29.
set -euo pipefail

for need in mariadbd mariadb-install-db; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server"; exit 4; }; done
command -v npm >/dev/null || { echo "npm is not installed: apt-get install npm"; exit 4; }
folder=$(mktemp -d)
maria=
user=$(id -un)
trap '[ -z "$maria" ] || kill -9 "$maria" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mysql2@3.24.6
mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal --skip-test-db --user="$user" >/dev/null 2>&1
port=$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")
mariadbd --no-defaults --datadir="$folder/data" --user="$user" --bind-address=127.0.0.1 --port="$port" --socket="$folder/socket" >server.log 2>&1 &
maria=$!

cat >show.js <<'JS'
const mysql = require('mysql2/promise')
const port = Number(process.argv[2])
const assert = require('node:assert')

async function open() {
  for (let tries = 0; ; tries++) {
    try {
      return await mysql.createConnection({host: '127.0.0.1', port, user: 'root'})
    } catch (error) {
      if (tries === 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function ask(session, text) {
  try {
    const [rows] = await session.query(text)
    return Array.isArray(rows) ? JSON.stringify(rows) : `ok, ${rows.affectedRows} rows`
  } catch (error) {
    return `error ${error.errno}, SQLSTATE ${error.sqlState}`
  }
}

async function main() {
  const [one, other] = [await open(), await open()]
  console.log('MariaDB', await ask(one, 'SELECT version() AS v'))
  const seen = {}
  for (const level of ['OFF', 'ON']) {
    for (const session of [one, other]) {
      await ask(session, 'CREATE DATABASE IF NOT EXISTS d')
      await ask(session, 'USE d')
      const set = await ask(session, `SET SESSION innodb_snapshot_isolation = ${level}`)
      assert.match(set, /^ok/, 'this MariaDB has no innodb_snapshot_isolation')
    }
    const results = []
    const say = async (what, text) => {
      const result = await ask(one, text)
      results.push(result)
      console.log(`  ${what}: ${result}`)
    }
    console.log(`innodb_snapshot_isolation = ${level}`)
    await ask(one, 'CREATE OR REPLACE TABLE t (k int PRIMARY KEY, v int)')
    await ask(one, 'INSERT INTO t VALUES (1, 100), (2, 100), (3, 100)')
    await ask(one, 'START TRANSACTION')
    await ask(one, 'SELECT * FROM t')
    await ask(one, 'UPDATE t SET v = 7 WHERE k = 2')
    await ask(other, 'UPDATE t SET v = 50 WHERE k = 1')
    await say('update of the row that has changed', 'UPDATE t SET v = 90 WHERE k = 1')
    await say('in a transaction', 'SELECT @@in_transaction AS x')
    await say('the next statement', 'UPDATE t SET v = 33 WHERE k = 3')
    await say('commit', 'COMMIT')
    await say('what is there', 'SELECT v FROM t ORDER BY k')
    await ask(one, 'START TRANSACTION')
    await ask(one, 'SELECT * FROM t')
    await ask(other, 'UPDATE t SET v = 60 WHERE k = 1')
    await say('a locking read', 'SELECT v FROM t WHERE k = 1 FOR UPDATE')
    await ask(one, 'ROLLBACK')
    await ask(one, 'START TRANSACTION')
    await ask(one, 'SELECT * FROM t')
    await ask(other, 'INSERT INTO t VALUES (9, 9)')
    await say('INSERT IGNORE of a key that is there by now', 'INSERT IGNORE INTO t VALUES (9, 1)')
    await ask(one, 'ROLLBACK')
    seen[level] = results
  }
  const row = (...values) => JSON.stringify(values.map((v) => ({v})))
  const refused = 'error 1020, SQLSTATE HY000'
  const [inside, outside] = ['[{"x":1}]', '[{"x":0}]']
  assert.deepEqual(seen.OFF, ['ok, 1 rows', inside, 'ok, 1 rows', 'ok, 0 rows', row(90, 7, 33), row(60), 'ok, 0 rows'])
  assert.deepEqual(seen.ON, [refused, outside, 'ok, 1 rows', 'ok, 0 rows', row(50, 100, 33), refused, refused])
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`The behaviour has changed: ${error.message}`)
    process.exit(1)
  },
)
JS
node show.js "$port"
