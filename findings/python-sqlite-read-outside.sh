#!/usr/bin/env bash
# What one would guess: `with connection:` of Python's sqlite3 is one transaction, with `isolation_level="EXCLUSIVE"` one that nobody else
#   can come between: what is read in it is still so when it writes.
# What happens: no transaction is begun before the first INSERT, UPDATE or DELETE. The SELECT before it is a transaction of its own, whatever
#   the level: two that read a number and write it plus one both end well and count once. `IMMEDIATE` and `EXCLUSIVE` take the lock when
#   the read is already old. With `isolation_level=None` and a BEGIN IMMEDIATE of one's own the second one waits, and both count.
# Why a user of chaos meets it: a small server in Python that keeps its state in SQLite, as systems under test often do, loses updates and
#   lets two have a lock without any fault, though SQLite is serializable.
# Versions: Python 3.11 (its sqlite3), SQLite 3.40.1. 2026-11-29.
set -euo pipefail

command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >outside.py <<'PY'
import sqlite3, sys, threading

print("Python", sys.version.split()[0], "| SQLite", sqlite3.sqlite_version)
setup = sqlite3.connect("counter.db")
setup.execute("PRAGMA journal_mode = WAL")
setup.execute("CREATE TABLE counter (n INTEGER)")
setup.execute("INSERT INTO counter VALUES (0)")
setup.commit()

def trial(level):
    """Two connections add one each, and the second begins before the first has written."""
    setup.execute("UPDATE counter SET n = 0")
    setup.commit()
    first_has_read, second_has_read, outcomes = threading.Event(), threading.Event(), []

    def add(has_read, may_write):
        connection = sqlite3.connect("counter.db", isolation_level=None if level == "own BEGIN" else level, timeout=10)
        try:
            with connection:
                if level == "own BEGIN":
                    connection.execute("BEGIN IMMEDIATE")
                (n,) = connection.execute("SELECT n FROM counter").fetchone()
                has_read.set()
                may_write.wait(1)
                connection.execute("UPDATE counter SET n = ?", (n + 1,))
            outcomes.append("ok")
        except sqlite3.Error as error:
            outcomes.append(str(error))

    one = threading.Thread(target=add, args=(first_has_read, second_has_read))
    two = threading.Thread(target=add, args=(second_has_read, first_has_read))
    one.start()
    first_has_read.wait()
    two.start()
    one.join()
    two.join()
    (n,) = setup.execute("SELECT n FROM counter").fetchone()
    print(f"{level:10}: {outcomes}, counted {n}")
    return outcomes, n

lost = [trial(level) for level in ("DEFERRED", "IMMEDIATE", "EXCLUSIVE")]
own = trial("own BEGIN")
sys.exit(0 if all(each == (["ok", "ok"], 1) for each in lost) and own == (["ok", "ok"], 2) else 1)
PY
timeout 30 python3 outside.py
