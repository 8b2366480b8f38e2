#!/usr/bin/env bash
# What one would guess: `connection.isolation_level = SERIALIZABLE` of psycopg 3 makes what is done on the connection serializable.
# What happens: with autocommit it changes nothing for plain statements, nor for a transaction opened by `execute("BEGIN")`: both are read
#   committed, without a word. Only `connection.transaction()` obeys. Two withdrawals of which only one may go through both do.
# Why a user of chaos meets it: autocommit with a BEGIN and COMMIT of one's own is how a careful client knows what was committed; its
#   history is convicted of write skew, and PostgreSQL of breaking SERIALIZABLE.
# Versions: PostgreSQL 15.18 (Debian 12), PyPI psycopg 3.3.9, Python 3.11. 2026-11-29.
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
start() {
  "${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log
}
start
python3 -m venv venv
venv/bin/pip -q install "psycopg[binary]==3.3.9"

cat >level.py <<'PY'
import sys
import psycopg

where = f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres"
print("psycopg", psycopg.__version__)

def connect():
    connection = psycopg.connect(where, autocommit=True)
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    return connection

def level(connection):
    return connection.execute("show transaction_isolation").fetchone()[0]

one, two = connect(), connect()
statement = level(one)
one.execute("begin")
begun = level(one)
one.execute("rollback")
with one.transaction():
    block = level(one)
print(f"a statement: {statement} | after BEGIN: {begun} | in transaction(): {block}")

# Write skew: 100 in two accounts, whose sum may not go below zero.
def skew(enter, leave):
    one.execute("drop table if exists account")
    one.execute("create table account (id int primary key, balance int)")
    one.execute("insert into account values (1, 50), (2, 50)")
    for connection in (one, two):
        enter(connection)
    for connection, account in ((one, 1), (two, 2)):
        if connection.execute("select sum(balance) from account").fetchone()[0] >= 100:
            connection.execute("update account set balance = balance - 100 where id = %s", (account,))
    ends = []
    for connection in (one, two):
        try:
            leave(connection)
            ends.append("committed")
        except psycopg.Error as error:
            ends.append(type(error).__name__)
    return ends, one.execute("select sum(balance) from account").fetchone()[0]

own = skew(lambda connection: connection.execute("begin"), lambda connection: connection.execute("commit"))
blocks = {connection: connection.transaction() for connection in (one, two)}
managed = skew(lambda connection: blocks[connection].__enter__(), lambda connection: blocks[connection].__exit__(None, None, None))
print("own BEGIN and COMMIT:", *own[0], "| sum of both accounts:", own[1])
print("transaction():       ", *managed[0], "| sum of both accounts:", managed[1])
as_told = (statement, begun, block) == ("read committed", "read committed", "serializable")
sys.exit(0 if as_told and own == (["committed", "committed"], -100) and managed == (["committed", "SerializationFailure"], 0) else 1)
PY
timeout 60 venv/bin/python level.py "$port"
