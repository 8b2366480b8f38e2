#!/usr/bin/env bash
# What one would guess: where two transactions of Dolt, which speaks MySQL's protocol and says REPEATABLE READ, change one row at once, the
#   second one waits or is refused: an increment that ended well counts, and of two INSERTs with one key, or two DELETEs of one row, one works.
# What happens: a transaction is merged with what others committed since it began, as branches are, and what both changed to the same value is
#   no conflict. Two `n = n + 1` from 0 both commit and there is 1 (`+ 1` and `+ 2` conflict); two INSERTs of the same row both end well, two
#   DELETEs of it both affect 1 row, and FOR UPDATE locks nothing. Of some 190 acknowledged increments some 30 are counted (eight clients).
# Why a user of chaos meets it: a counter, a queue and a lock of rows are convicted without any fault: lost updates, elements taken twice, two
#   holders. What is refused as a "serialization failure" shows that somebody looks for conflicts, and hides it.
# Versions: github.com/dolthub/dolt/go at a1fdc83b8378 (Dolt 1.83.2), npm mysql2 3.24.6, Node 20, Go 1.26. 2026-11-30. It builds Dolt, which takes
#   a few minutes and 3 GB of disk.
set -euo pipefail

for need in go gcc node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install golang gcc nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkdir build client data
cd build
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS='-modcacherw -mod=mod'
printf 'module finding\n\ngo 1.25\n' >go.mod
go get github.com/dolthub/dolt/go/cmd/dolt@v0.40.5-0.20260306010754-a1fdc83b8378 >get.log 2>&1 || { tail -5 get.log; exit 4; }
go build -o dolt github.com/dolthub/dolt/go/cmd/dolt >build.log 2>&1 || { tail -5 build.log; exit 4; }
cd ../client
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mysql2@3.24.6
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
export HOME="$folder" DOLT_DISABLE_EVENT_FLUSH=1
cd ../data
dolt="$folder/build/dolt"
for setting in user.email=a@example.org user.name=a metrics.disabled=true versioncheck.disabled=true; do
  "$dolt" config --global --add "${setting%%=*}" "${setting#*=}" >>config.log
done
"$dolt" init >init.log 2>&1
"$dolt" version | sed -n 1p
"$dolt" sql-server -H 127.0.0.1 -P "$port" >server.log 2>&1 &
server=$!

cd ../client
cat >lost.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import mysql from 'mysql2/promise'

console.log('mysql2', JSON.parse(readFileSync('node_modules/mysql2/package.json', 'utf8')).version)
const connect = () => mysql.createConnection({host: '127.0.0.1', port: Number(process.argv[2]), user: 'root', database: 'data'})
const connected = async () => {
  for (let tries = 0; ; tries++) {
    try {
      return await connect()
    } catch (error) {
      if (tries === 100) throw error
      await sleep(200)
    }
  }
}
const [one, two] = [await connected(), await connected()]
await one.query('CREATE TABLE t (id INT PRIMARY KEY, n INT)')
await one.query('INSERT INTO t VALUES (1, 0), (2, 0)')
const [[level]] = await one.query('SELECT @@transaction_isolation AS level')
console.log('level', level.level)

const outcome = async (work) => {
  try {
    return String((await work())[0].affectedRows ?? 'rows')
  } catch (error) {
    return error.message.split(':')[0]
  }
}
// Two transactions at once, each with a statement; what the statements and the commits said, and n of row 1 then.
const both = async (first, second) => {
  await one.query('BEGIN')
  await two.query('BEGIN')
  const said = [await outcome(() => one.query(first)), await outcome(() => two.query(second))]
  const commits = [await outcome(() => one.query('COMMIT')), await outcome(() => two.query('COMMIT'))]
  const [[row]] = await one.query('SELECT n FROM t WHERE id = 1')
  const line = `affected ${said.join(' and ')}, commits ${commits.map((each) => (each === '0' ? 'ok' : each)).join(' and ')}`
  console.log(`${first} | ${second}: ${line}; n is ${row.n}`)
  return `${line} ${row.n}`
}
const same = await both('UPDATE t SET n = n + 1 WHERE id = 1', 'UPDATE t SET n = n + 1 WHERE id = 1')
const other = await both('UPDATE t SET n = n + 1 WHERE id = 1', 'UPDATE t SET n = n + 2 WHERE id = 1')
const inserts = await both('INSERT INTO t VALUES (3, 1)', 'INSERT INTO t VALUES (3, 1)')
const deletes = await both('DELETE FROM t WHERE id = 2', 'DELETE FROM t WHERE id = 2')
const locks = await both('SELECT n FROM t WHERE id = 1 FOR UPDATE', 'SELECT n FROM t WHERE id = 1 FOR UPDATE')

await one.query('UPDATE t SET n = 0 WHERE id = 1')
const clients = await Promise.all(Array.from({length: 8}, connect))
const outcomes = await Promise.all(clients.map(async (client) => {
  const all = []
  for (let i = 0; i < 25; i++) all.push(await outcome(() => client.query('UPDATE t SET n = n + 1 WHERE id = 1')))
  return all
}))
const acknowledged = outcomes.flat().filter((each) => each === '1').length
const [[{n}]] = await one.query('SELECT n FROM t WHERE id = 1')
console.log(`eight clients, autocommit: of 200 increments ${acknowledged} affected 1 row, ${200 - acknowledged} were refused; n is ${n}`)
const ok = 'affected 1 and 1, commits ok and ok'
process.exit(same === `${ok} 1` && other === 'affected 1 and 1, commits ok and serialization failure 2' && inserts === `${ok} 2` && deletes === `${ok} 2`
  && locks === 'affected rows and rows, commits ok and ok 2' && n < acknowledged ? 0 : 1)
JS
timeout 60 node lost.mjs "$port"
