#!/usr/bin/env bash
# What one would guess: a statement of PostgreSQL that the client cancels ends in an error (57014), and `statement_timeout` bounds how long
#   it takes.
# What happens: when it is its wait for the synchronous standby that is cancelled, the INSERT ends well, with a warning that clients keep
#   to themselves, committed on one machine only; and `statement_timeout` does not bound that wait at all.
# Why a user of chaos meets it: cancelling is what a client does when its deadline passes in a partition. One that records the answer and
#   not the warning has acknowledged writes that a failover loses.
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

cat >cancel.py <<'PY'
import sys, threading, time
import psycopg

where = f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres"
print("psycopg", psycopg.__version__)
admin = psycopg.connect(where, autocommit=True)
admin.execute("create table t (id int primary key)")
admin.execute("alter system set synchronous_standby_names = 'far_away'")
admin.execute("select pg_reload_conf()")
while admin.execute("show synchronous_standby_names").fetchone()[0] != "far_away":
    time.sleep(0.05)

def insert(row, wait, prepare=None):
    connection, notices = psycopg.connect(where, autocommit=True), []
    connection.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    if prepare:
        connection.execute(prepare)
    threading.Timer(wait, connection.cancel).start()
    began = time.monotonic()
    try:
        outcome = connection.execute("insert into t values (%s)", (row,)).statusmessage
    except psycopg.Error as error:
        outcome = type(error).__name__
    return outcome, round(time.monotonic() - began, 1), notices

admin.execute("begin")
admin.execute("lock table t")
in_lock = insert(1, 0.5)
admin.execute("rollback")
in_wait = insert(2, 0.5)
limited = insert(3, 2, "set statement_timeout = '500ms'")
there = [row for (row,) in admin.execute("select id from t order by id")]
print("cancelled while it waits for a lock:       ", *in_lock)
print("cancelled while it waits for the standby:  ", *in_wait)
print("statement_timeout of 0.5 s, cancelled at 2:", *limited)
print("rows, on this machine only:", there)
warned = all("canceling wait for synchronous replication" in notices[0] for _, _, notices in (in_wait, limited))
sys.exit(0 if in_lock[0] == "QueryCanceled" and in_wait[0] == limited[0] == "INSERT 0 1" and warned and limited[1] >= 1.5 and there == [2, 3] else 1)
PY
timeout 60 venv/bin/python cancel.py "$port"
