#!/usr/bin/env bash
# What one would guess: `cache.add()` of Django, which adds a key only where there is none and is used for locks for that reason, returns True
#   to one of several at once, with the database as the cache as with memcached: the key is the primary key of a table.
# What happens: so it is while there is no row. The row of a key whose time is over stays in the table, and is overwritten: both look at the time, both
#   find it over, both UPDATE, and neither UPDATE asks again. Both get True. That is each time a lock is taken after its holder died.
# Why a user of chaos meets it: after a `kill` of who has the lock, two of those that wait for it to expire get it at once.
# Versions: PostgreSQL 15.18 (Debian 12), PyPI Django 5.2.19, psycopg 3.3.9 (binary), Python 3.11. 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/pg" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install Django==5.2.19 'psycopg[binary]==3.3.9'
$bin/postgres --version
export PORT
PORT=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
"${as[@]}" $bin/initdb -D pg -A trust -U postgres >initdb.log
"${as[@]}" $bin/pg_ctl -D pg -w -l pg.log -o "-p $PORT -k $folder -c listen_addresses=127.0.0.1" start >start.log

cat >locks.py <<'PY'
import os, sys, threading, time
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["PORT"], "USER": "postgres", "NAME": "postgres"}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cached"}}, USE_TZ=True)
django.setup()
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
import psycopg

print("Django", django.get_version(), flush=True)
call_command("createcachetable")

def connect():
    return psycopg.connect(host="127.0.0.1", port=os.environ["PORT"], user="postgres", dbname="postgres", autocommit=True)

def both(key):
    """What two clients are told that add a key at once. A third one keeps the table from being written until both have looked."""
    told = []

    def add():
        told.append(cache.add(key, "holder", timeout=600))
        connection.close()

    with connect() as third, connect() as watcher:
        third.execute("BEGIN")
        third.execute("LOCK TABLE cached IN SHARE MODE")
        threads = [threading.Thread(target=add) for _ in "12"]
        for thread in threads:
            thread.start()
        limit = time.monotonic() + 20
        while watcher.execute("SELECT count(*) FROM pg_locks WHERE relation = 'cached'::regclass AND NOT granted").fetchone()[0] < 2:
            assert time.monotonic() < limit, "never: two that wait"
            time.sleep(0.05)
        third.execute("ROLLBACK")
        for thread in threads:
            thread.join()
    return sorted(told)

fresh = both("fresh")
alone = cache.add("expired", "killed holder", timeout=1)
held = cache.add("expired", "too early", timeout=600)
time.sleep(2.5)
expired = both("expired")
after = cache.add("expired", "a third", timeout=600)
print(f"two clients add a key at once; there was none: {fresh}; the holder's time is over: {expired}; a third after them: {after}")
sys.exit(0 if (fresh, alone, held, expired, after) == ([False, True], True, False, [True, True], False) else 1)
PY
timeout 60 venv/bin/python locks.py
