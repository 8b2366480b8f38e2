#!/usr/bin/env bash
# What one would guess: `UPDATE … SET v = 3 WHERE id = 1 AND v = 3`, a compare-and-set on MariaDB, affects one row if and only if it matched,
#   whatever the client.
# What happens: PyMySQL, aiomysql and mysql-connector-python say 0, since nothing changed, which is what they say when nothing matches; mysql2
#   and mariadb of npm say 1. It is a flag of the handshake (FOUND_ROWS), which the clients set or do not.
# Why a user of chaos meets it: a cas from 3 to 3, which random values bring soon, is recorded as *fail* although the register had 3: the
#   history is convicted of not being linearizable without any fault. And it is the same with a write of what is there: "no such key".
# Versions: MariaDB 10.11 (Debian 12); npm mysql2 3.24.6, mariadb 3.5.4, Node 20; PyPI PyMySQL 1.2.4, aiomysql 0.3.2,
#   mysql-connector-python 26.10.0, Python 3.11. 2026-11-29.
set -euo pipefail

for need in mariadbd mariadb-install-db; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server"; exit 4; }; done
for need in npm python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install npm python3-venv"; exit 4; }; done
folder=$(mktemp -d)
maria=
user=$(id -un)
trap '[ -z "$maria" ] || kill -9 "$maria" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mysql2@3.24.6 mariadb@3.5.4
python3 -m venv venv
venv/bin/pip -q install PyMySQL==1.2.4 aiomysql==0.3.2 mysql-connector-python==26.10.0
mariadbd --version
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/sock" >server.log 2>&1 &
maria=$!
node -e 'const port = process.argv[1], go = () => require("net").connect(port, "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$port"

cat >rows.mjs <<'JS'
import {readFileSync} from 'node:fs'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'

const where = {host: '127.0.0.1', port: Number(process.argv[2]), user: 'root', database: 'test'}
const show = (name, same, other) => console.log(`${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}: 3 to 3 ${same} | 4 to 5 ${other}`)
const two = await mysql.createConnection(where)
await two.query('create table r (id int primary key, v int)')
await two.query('insert into r values (1, 3)')
const cas = (from, to) => `update r set v = ${to} where id = 1 and v = ${from}`
show('mysql2', (await two.query(cas(3, 3)))[0].affectedRows, (await two.query(cas(4, 5)))[0].affectedRows)
const maria = await mariadb.createConnection(where)
show('mariadb', (await maria.query(cas(3, 3))).affectedRows, (await maria.query(cas(4, 5))).affectedRows)
await Promise.all([two.end(), maria.end()])
JS
cat >rows.py <<'PY'
import asyncio, sys
from importlib.metadata import version
import aiomysql, mysql.connector, pymysql

where = dict(host="127.0.0.1", port=int(sys.argv[1]), user="root", password="", autocommit=True)
def cas(expected, value):
    return f"update r set v = {value} where id = 1 and v = {expected}"

def show(name, same, other):
    print(f"{name} {version(name)}: 3 to 3 {same} | 4 to 5 {other}")

cursor = pymysql.connect(database="test", **where).cursor()
show("PyMySQL", cursor.execute(cas(3, 3)), cursor.execute(cas(4, 5)))
connection = mysql.connector.connect(database="test", **where)
cursor = connection.cursor()
rows = []
for pair in ((3, 3), (4, 5)):
    cursor.execute(cas(*pair))
    rows.append(cursor.rowcount)
show("mysql-connector-python", *rows)
async def ask():
    connection = await aiomysql.connect(db="test", **where)
    cursor = await connection.cursor()
    rows = [await cursor.execute(cas(*pair)) for pair in ((3, 3), (4, 5))]
    connection.close()
    return rows
show("aiomysql", *asyncio.run(ask()))
PY
{ timeout 30 node rows.mjs "$port"; timeout 30 venv/bin/python rows.py "$port" 2>python.log || cat python.log; } | tee said
# The flag is all that differs.
[ "$(grep -oE '3 to 3 [0-9]+' said | paste -sd,)" = "3 to 3 1,3 to 3 1,3 to 3 0,3 to 3 0,3 to 3 0" ]
