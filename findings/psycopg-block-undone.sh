#!/usr/bin/env bash
# What one would guess: with autocommit, an INSERT of psycopg 3 whose returned row has been fetched is committed; and when the block of
#   `connection.transaction()` has ended without an exception, what was done in it is.
# What happens: within `connection.pipeline()` neither is so. The row has been fetched, nobody else sees it, and when a later statement of
#   the block fails, even one whose error is caught, all of them are undone, and the block ends as if all were well. Without autocommit,
#   the block of `transaction()` on a connection that has done as little as a SELECT is a savepoint: closing the connection undoes it.
# Why a user of chaos meets it: a client that uses a pipeline to be fast, or reads before it writes, records *ok* for what is undone, and
#   PostgreSQL is convicted of losing acknowledged writes.
# Versions: PostgreSQL 15.18 (Debian 12); PyPI psycopg 3.3.9, Python 3.11. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log
python3 -m venv venv
venv/bin/pip -q install "psycopg[binary]==3.3.9"

cat >blocks.py <<'PY'
import sys
import psycopg

where = f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres"
print("psycopg", psycopg.__version__)
other = psycopg.connect(where, autocommit=True)
other.execute("create table t (id int primary key)")
def there(*rows):
    return [row for (row,) in other.execute("select id from t where id = any(%s) order by id", (list(rows),))]
def insert(connection, row):
    return connection.execute("insert into t values (%s) returning id", (row,)).fetchone()[0]

plain = psycopg.connect(where, autocommit=True)
insert(plain, 1)
without = there(1)
print("autocommit, no pipeline: fetched 1, others see", without)
fetched, seen, caught, ended = [], [], "nothing", "well"
try:
    with plain.pipeline():
        for row in (11, 12):
            fetched.append(insert(plain, row))
            seen.append(there(11, 12))
        try:
            insert(plain, 12)
        except psycopg.errors.UniqueViolation as error:
            caught = type(error).__name__
except psycopg.Error as error:
    ended = type(error).__name__
piped = there(11, 12)
print("autocommit, pipeline:    fetched", fetched, "others see", seen, "| caught:", caught, "| the block ended", ended, "| in the end", piped)

results = {}
for first in ("nothing", "a SELECT"):
    row = 21 if first == "nothing" else 22
    connection = psycopg.connect(where)
    if first != "nothing":
        connection.execute("select 1")
    with connection.transaction():
        insert(connection, row)
    connection.close()
    results[first] = there(row)
    print(f"transaction() after {first}, then close: there is", results[first])
as_told = without == [1] and fetched == [11, 12] and seen == [[], []] and caught == "UniqueViolation" and ended == "well" and piped == []
sys.exit(0 if as_told and results == {"nothing": [21], "a SELECT": []} else 1)
PY
timeout 60 venv/bin/python blocks.py "$port"
