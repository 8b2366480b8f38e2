#!/usr/bin/env bash
# What one would guess: `SELECT … ORDER BY priority LIMIT 1 FOR UPDATE SKIP LOCKED` of MariaDB locks the row that it returns, and a second worker
#   that asks meanwhile gets the next one; where it gets none, the queue is empty.
# What happens: without an index that gives the order, all rows that match are locked before one is chosen: while one worker has one message, every
#   other one is told that nothing is there, at READ COMMITTED too, and 49 wait. Ordered by the primary key, or with an index of the
#   state and the priority, the second worker gets the second message. PostgreSQL locks what it returns, index or no index.
# Why a user of chaos meets it: a dequeue that answers "empty" while acknowledged elements wait is a wrong answer, without a fault; and workers
#   that run in parallel work one at a time.
# Versions: MariaDB 10.11.19, PostgreSQL 15.18 (Debian 12). 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in mariadb mariadbd mariadb-install-db python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install mariadb-server python3"; exit 4; }; done
folder=$(mktemp -d)
maria=
as=()
user=$(id -un)
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/pg" -m immediate stop >/dev/null 2>&1 || true; [ -z "$maria" ] || kill "$maria" 2>/dev/null || true
  wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
mariadbd --version
read -r pg my < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "12"]; print(*(x.getsockname()[1] for x in s))')
"${as[@]}" $bin/initdb -D pg -A trust -U postgres >initdb.log
"${as[@]}" $bin/pg_ctl -D pg -w -l pg.log -o "-p $pg -k $folder -c listen_addresses=127.0.0.1" start >start.log
mariadb-install-db --no-defaults --user="$user" --datadir="$folder/my" --auth-root-authentication-method=normal >install.log 2>&1
mariadbd --no-defaults --user="$user" --datadir="$folder/my" --bind-address=127.0.0.1 --port="$my" --socket="$folder/my.sock" >my.log 2>&1 &
maria=$!

maria() { timeout 20 mariadb --no-defaults -h 127.0.0.1 -P "$my" -u root -N --unbuffered "$@"; }
postgres() { timeout 20 $bin/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg" -U postgres "$@"; }
for _ in $(seq 150); do maria -e "SELECT 1" >/dev/null 2>&1 && break; sleep 0.1; done
maria -e "CREATE DATABASE example"

# What a worker is given while another one has a message in its open transaction: server, level, order.
second() {
  local server=$1 statement="SELECT id FROM q WHERE state = 'new' ORDER BY $3 LIMIT 1 FOR UPDATE SKIP LOCKED" begin one answer
  begin="SET SESSION TRANSACTION ISOLATION LEVEL $2; START TRANSACTION;"
  [ "$server" = maria ] || begin="START TRANSACTION ISOLATION LEVEL $2;"
  mkfifo commands
  "$server" $([ "$server" = maria ] && echo example) <commands >answers.txt 2>errors.txt &
  one=$!
  exec 3>commands
  echo "$begin $statement;" >&3
  for _ in $(seq 100); do [ ! -s answers.txt ] || break; sleep 0.1; done
  if [ "$server" = maria ]; then answer=$(maria example -e "$begin $statement"); else answer=$(postgres -c "$begin $statement"); fi
  exec 3>&-
  wait "$one"
  rm commands
  [ -s answers.txt ] || { cat errors.txt; return 1; }
  echo "first $(cat answers.txt), second ${answer:-nothing}"
}

table="CREATE TABLE q (id int PRIMARY KEY, state varchar(9) NOT NULL DEFAULT 'new', priority int NOT NULL)"
maria example -e "$table; INSERT INTO q (id, priority) SELECT seq, seq FROM seq_1_to_50"
postgres -c "$table" -c "INSERT INTO q (id, priority) SELECT n, n FROM generate_series(1, 50) n"
key=$(second maria 'REPEATABLE READ' id)
repeatable=$(second maria 'REPEATABLE READ' priority)
committed=$(second maria 'READ COMMITTED' priority)
other=$(second postgres 'READ COMMITTED' priority)
maria example -e "CREATE INDEX next ON q (state, priority)"
index=$(second maria 'REPEATABLE READ' priority)
echo "50 messages, two workers. MariaDB by id: $key; by priority: $repeatable; at READ COMMITTED: $committed; with an index: $index"
echo "PostgreSQL by priority: $other"
none='first 1, second nothing' next='first 1, second 2'
[ "$key|$repeatable|$committed|$other|$index" = "$next|$none|$none|$next|$next" ]
