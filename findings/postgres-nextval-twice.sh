#!/usr/bin/env bash
# What one would guess: `nextval` of PostgreSQL never returns a number twice: the manual has it that what it returned is not used again, and
#   that a crash leaves gaps. And who has got a number, with autocommit and synchronous_commit on, has something durable.
# What happens: after a kill -9 of the server 2, 3 and 4 are given again. A transaction that is still open took 1, and with it wrote to the
#   log that the next 32 are taken; nobody forces that record to disk before it commits. The others only take from what is logged, so
#   that their own commits write and wait for nothing.
# Why a user of chaos meets it: identifiers from a sequence, checked as `unique-ids` under kills: a duplicate that no setting explains.
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

cat >ids.py <<'PY'
import os, signal, subprocess, sys, time
import psycopg

where = f"host=127.0.0.1 port={sys.argv[1]} user=postgres dbname=postgres"
def next_of(connection):
    return connection.execute("select nextval('ids')").fetchone()[0]

if sys.argv[2] == "before":
    other, still_open = psycopg.connect(where, autocommit=True), psycopg.connect(where)
    other.execute("create sequence ids")
    still_open.execute("select 1")
    # Only the log writer, which comes every 200 ms, may have written the record in the meantime; a round or two show whether it had.
    first = next_of(still_open)
    given = [next_of(other) for _ in range(3)]
    server = int(open("data/postmaster.pid").readline())
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server)], capture_output=True, text=True).stdout.split()
    for process in [server, *map(int, children)]:
        os.kill(process, signal.SIGKILL)
    print(first, *given)
else:
    print(*[next_of(psycopg.connect(where, autocommit=True)) for _ in range(4)])
PY
for round in 1 2 3 4 5; do
  before=$(timeout 30 venv/bin/python ids.py "$port" before)
  # A killed server is not reaped by us: its successor starts when nothing of it is left.
  for _ in $(seq 50); do start 2>/dev/null && break; sleep 0.2; done
  after=$(timeout 30 venv/bin/python ids.py "$port" after)
  echo "open transaction: ${before%% *} | given, with autocommit: ${before#* } | after kill -9: $after"
  twice=$(comm -12 <(tr ' ' '\n' <<<"${before#* }" | sort) <(tr ' ' '\n' <<<"$after" | sort) | paste -sd' ')
  [ -z "$twice" ] || { echo "given twice: $twice"; exit 0; }
  venv/bin/python -c 'import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute("drop sequence ids")' \
    "host=127.0.0.1 port=$port user=postgres dbname=postgres"
done
echo "no number was given twice in five rounds"
exit 1
