#!/usr/bin/env bash
# What one would guess: a branch that MariaDB has prepared, and that XA RECOVER lists, can be committed by whoever coordinates now; "unknown
#   XID" (1397) says that it is settled. Once prepared, it keeps its locks until then.
# What happens: as long as the connection that prepared it is open, as it is for a server that has not noticed that its client is cut off,
#   XA COMMIT and XA ROLLBACK of all others say "unknown XID": it is in the list, prepared, and holds its locks. After that connection has
#   ended the same XA COMMIT succeeds. A branch that only read, with FOR UPDATE, loses its locks then though it is in the list still, and
#   is "rolled back".
# Why a user of chaos meets it: under `partition` a coordinator that takes 1397 for "done already" tells its client *ok*, and half of the
#   transfer is missing: the bank checker convicts MariaDB. A participant that voted yes on what it had locked no longer protects it.
# Versions: MariaDB 10.11.19 (Debian 12), PyPI PyMySQL 1.2.4, Python 3.11. 2026-11-30.
set -euo pipefail

for need in mariadbd mariadb-install-db; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server"; exit 4; }; done
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
maria=
user=$(id -un)
trap '[ -z "$maria" ] || kill -9 "$maria" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install PyMySQL==1.2.4
mariadbd --version
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/data" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/sock" >server.log 2>&1 &
maria=$!

cat >branches.py <<'PY'
import sys, time
from importlib.metadata import version
import pymysql

def connect():
    for tries in range(200):
        try:
            connection = pymysql.connect(host="127.0.0.1", port=int(sys.argv[1]), user="root", database="test", autocommit=True)
            # How long the test below for a lock waits.
            connection.query("SET innodb_lock_wait_timeout = 1")
            return connection
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    sys.exit("MariaDB does not start")

def ask(connection, statement):
    """The rows, or the number of the error."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return [row if len(row) > 1 else row[0] for row in cursor.fetchall()]
    except pymysql.err.MySQLError as error:
        return error.args[0]

def prepare(name, statement):
    owner = connect()
    for each in (f"XA START '{name}'", statement, f"XA END '{name}'", f"XA PREPARE '{name}'"):
        owner.query(each)
    return owner

def gone(owner):
    """Ends a connection, and waits until the server has ended it too."""
    number = owner.thread_id()
    owner.close()
    while ask(coordinator, f"SELECT id FROM information_schema.processlist WHERE id = {number}"):
        time.sleep(0.05)

def listed():
    return [row[3].decode() for row in ask(coordinator, "XA RECOVER")]

coordinator = connect()
print("PyMySQL", version("PyMySQL"))
for each in ("CREATE TABLE account (id INT PRIMARY KEY, balance INT) ENGINE = InnoDB", "INSERT INTO account VALUES (1, 100), (2, 100)"):
    coordinator.query(each)
seen = []

def show(what, value):
    seen.append(value)
    print(f"{what}: {value}")

owner = prepare("pay", "UPDATE account SET balance = 90 WHERE id = 1")
show("prepared, connection open: XA RECOVER lists", listed())
show("XA COMMIT by another", ask(coordinator, "XA COMMIT 'pay'"))
show("XA ROLLBACK by another", ask(coordinator, "XA ROLLBACK 'pay'"))
show("balance", ask(coordinator, "SELECT balance FROM account WHERE id = 1"))
show("an update of the row", ask(coordinator, "UPDATE account SET balance = 0 WHERE id = 1"))
gone(owner)
show("connection ended: XA COMMIT by another", ask(coordinator, "XA COMMIT 'pay'"))
show("balance", ask(coordinator, "SELECT balance FROM account WHERE id = 1"))

owner = prepare("look", "SELECT balance FROM account WHERE id = 2 FOR UPDATE")
show("prepared by a branch that locked a row and changed none: an update of it", ask(coordinator, "UPDATE account SET balance = 0 WHERE id = 2"))
gone(owner)
show("connection ended: XA RECOVER lists", listed())
show("an update of the row", ask(coordinator, "UPDATE account SET balance = 0 WHERE id = 2"))
show("XA COMMIT by another", ask(coordinator, "XA COMMIT 'look'"))

UNKNOWN, TIMEOUT, ROLLED_BACK = 1397, 1205, 1402
sys.exit(0 if seen == [["pay"], UNKNOWN, UNKNOWN, [100], TIMEOUT, [], [90], TIMEOUT, ["look"], [], ROLLED_BACK] else 1)
PY
timeout 60 venv/bin/python branches.py "$port" || { code=$?; tail -3 server.log; exit $code; }
