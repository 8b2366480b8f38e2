#!/usr/bin/env bash
# What one would guess: `select_for_update()` of Django locks the rows that the query looks at, whatever is asked of them: two transactions that
#   count the free seats and take one, if there is any, do so one after the other.
# What happens: `count()` and `aggregate()` leave FOR UPDATE out, without a word, and lock nothing: two both see the one free seat, and both sell it.
#   `exists()` locks one row at most. `len(…)`, which reads the rows, locks all of them. PostgreSQL itself refuses count(*) with FOR UPDATE.
# Why a user of chaos meets it: a bank that sums an account's entries "under the lock" goes below zero, without a fault, where only clients at the same
#   time are needed.
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

cat >seats.py <<'PY'
import os, sys, threading
import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["PORT"],
                                          "USER": "postgres", "NAME": "postgres"}})
django.setup()
from django.db import connection, models, transaction
from django.db.models import Sum

class Seat(models.Model):
    free = models.IntegerField()

    class Meta:
        app_label = "example"

class Sale(models.Model):
    buyer = models.TextField()

    class Meta:
        app_label = "example"

print("Django", django.get_version(), flush=True)
with connection.schema_editor() as editor:
    editor.create_model(Seat)
    editor.create_model(Sale)

def sold(look):
    """How often the only free seat is sold by two buyers, and whether the second one had to wait for the first."""
    Seat.objects.all().delete()
    Sale.objects.all().delete()
    Seat.objects.create(free=1)
    first_has_looked, second_has_looked = threading.Event(), threading.Event()
    waited = []

    def buy(buyer, meet):
        try:
            with transaction.atomic():
                free = look(Seat.objects.select_for_update().filter(free=1))
                meet()
                if free:
                    Seat.objects.update(free=0)
                    Sale.objects.create(buyer=buyer)
        finally:
            connection.close()

    def first():
        first_has_looked.set()
        # Two seconds are enough for the second one to look, unless it waits for the lock.
        waited.append(not second_has_looked.wait(2))

    def second():
        second_has_looked.set()

    threads = [threading.Thread(target=buy, args=("first", first))]
    threads[0].start()
    first_has_looked.wait(10)
    threads.append(threading.Thread(target=buy, args=("second", second)))
    threads[1].start()
    for thread in threads:
        thread.join()
    return Sale.objects.count(), waited[0]

count = sold(lambda query: query.count())
total = sold(lambda query: query.aggregate(total=Sum("free"))["total"])
rows = sold(lambda query: len(query))
for name, (sales, waits) in {"count()": count, "aggregate()": total, "len()": rows}.items():
    print(f"one free seat, two buyers, select_for_update() and {name}: sold {sales} times; the second one waited: {waits}")
sys.exit(0 if (count, total, rows) == ((2, False), (2, False), (1, True)) else 1)
PY
timeout 60 venv/bin/python seats.py
