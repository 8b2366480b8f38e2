#!/usr/bin/env bash
# What one would guess: a commit, or the prepare of a two-phase commit, of a transaction in which a statement had failed is an error
#   to the client: nothing of it can be committed.
# What happens: PostgreSQL answers COMMIT with ROLLBACK and PREPARE TRANSACTION with ROLLBACK, and both are successes of the protocol.
#   psycopg 3 and psycopg2 return from commit(), asyncpg and psycopg 3 leave their transaction blocks as if all were well, and
#   psycopg's tpc_prepare() returns, so that a participant votes yes with nothing prepared. pg8000 alone raises an error.
# Why a user of chaos meets it: a client that goes on after an error (a duplicate key, a time-out of a lock) records *ok* for a
#   transaction that was rolled back, and PostgreSQL is convicted of losing acknowledged writes.
# Versions: PostgreSQL 15.18 (Debian 12); PyPI psycopg 3.3.9, psycopg2-binary 2.9.13, asyncpg 0.32.0, pg8000 1.31.6. 2026-11-29.
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
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_prepared_transactions=5" start >start.log
python3 -m venv venv
venv/bin/pip -q install "psycopg[binary]==3.3.9" psycopg2-binary==2.9.13 asyncpg==0.32.0 pg8000==1.31.6

cat >commit.py <<'PY'
import asyncio, sys
import asyncpg, pg8000.dbapi, psycopg, psycopg2

port = int(sys.argv[1])
where = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
seen = {}
psycopg.connect(where, autocommit=True).execute("create table t (id int primary key)")
def rows(row):
    return psycopg.connect(where).execute("select count(*) from t where id = %s", (row,)).fetchone()[0]
def twice(row, execute, error):
    execute(f"insert into t values ({row})")
    try:
        execute(f"insert into t values ({row})")
    except error:
        pass
def note(name, row, do):
    try:
        do()
        seen[name] = "no error"
    except Exception as error:
        seen[name] = type(error).__name__
    print(f"{name}: {seen[name]}, rows there: {rows(row)}")

c = psycopg.connect(where)
twice(1, c.execute, psycopg.Error)
note("psycopg commit()", 1, c.commit)
d = psycopg2.connect(where)
twice(2, d.cursor().execute, psycopg2.Error)
note("psycopg2 commit()", 2, d.commit)
e = pg8000.dbapi.connect(user="postgres", host="127.0.0.1", port=port, database="postgres")
twice(3, e.cursor().execute, pg8000.dbapi.Error)
note("pg8000 commit()", 3, e.commit)
def block():
    with psycopg.connect(where, autocommit=True) as connection, connection.transaction():
        twice(4, connection.execute, psycopg.Error)
note("psycopg transaction()", 4, block)
async def other():
    connection = await asyncpg.connect(host="127.0.0.1", port=port, user="postgres", database="postgres")
    async with connection.transaction():
        await connection.execute("insert into t values (5)")
        try:
            await connection.execute("insert into t values (5)")
        except asyncpg.PostgresError:
            pass
note("asyncpg transaction()", 5, lambda: asyncio.run(other()))
f = psycopg.connect(where)
f.tpc_begin(f.xid(1, "global", "branch"))
twice(6, f.execute, psycopg.Error)
note("psycopg tpc_prepare()", 6, f.tpc_prepare)
prepared = psycopg.connect(where).execute("select count(*) from pg_prepared_xacts").fetchone()[0]
print("prepared transactions on the server:", prepared)
raises = [name for name, what in seen.items() if what != "no error"]
sys.exit(0 if raises == ["pg8000 commit()"] and prepared == 0 and not any(rows(row) for row in range(1, 7)) else 1)
PY
timeout 60 venv/bin/python commit.py "$port"
