#!/usr/bin/env bash
# What one would guess: with `synchronous_standby_names = '*'` of PostgreSQL a commit is acknowledged when a standby has it too; while the only
#   standby is down, commits wait.
# What happens: whoever reads changes by logical decoding, as tools for change data capture do, counts as a standby: under `*` by any name,
#   else by its `application_name`. Its publication need not have the table: it is sent nothing of the row, says how far it has come, and the INSERT
#   is acknowledged. Of the row there is one copy. Under the standby's own name the commit waits, as it should.
# Why a user of chaos meets it: under `kill` of the first node acknowledged writes are lost that a "synchronous" cluster promised to keep, only
#   where something listens to its changes.
# Versions: PostgreSQL 15.18 (Debian 12). 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null || true
  for one in standby primary; do "${as[@]}" $bin/pg_ctl -D "$folder/$one" -m immediate stop >/dev/null 2>&1 || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
read -r one two < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "12"]; print(*(x.getsockname()[1] for x in s))')
"${as[@]}" $bin/initdb -D primary -A trust -U postgres >initdb.log
"${as[@]}" $bin/pg_ctl -D primary -w -l primary.log -o "-p $one -k $folder -c listen_addresses=127.0.0.1 -c wal_level=logical" start >start.log
"${as[@]}" $bin/pg_basebackup -h 127.0.0.1 -p "$one" -U postgres -D standby -R -d "host=127.0.0.1 application_name=standby"
"${as[@]}" $bin/pg_ctl -D standby -w -l standby.log -o "-p $two -k $folder -c listen_addresses=127.0.0.1" start >start.log
sql() { timeout "${2:-20}" $bin/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$one" -U postgres -c "$1"; }
# Whether a row is acknowledged within this many seconds.
acknowledged() { if sql "INSERT INTO t VALUES ($1)" "$2"; then echo acknowledged; else echo waits; fi; }
names() {
  sql "ALTER SYSTEM SET synchronous_standby_names = '$1'" 5 && sql "SELECT pg_reload_conf()" >reload.log
  until [ "$(sql "SHOW synchronous_standby_names")" = "$1" ]; do sleep 0.1; done
}

sql "CREATE TABLE t (n int)"
sql "CREATE TABLE another (n int)"
sql "CREATE PUBLICATION listened FOR TABLE another"
sql "SELECT pg_create_logical_replication_slot('listener', 'pgoutput')" >slot.log
# ALTER SYSTEM writes no log, so it does not wait for a standby.
names '*'
up=$(acknowledged 1 20)
"${as[@]}" $bin/pg_ctl -D standby -m immediate stop >stop.log
down=$(acknowledged 2 5)
timeout 100 $bin/pg_recvlogical -h 127.0.0.1 -p "$one" -U postgres -d postgres --slot listener -o proto_version=1 -o publication_names=listened \
  --start --status-interval=1 --fsync-interval=1 -f - >heard.bin 2>listener.log &
listener=$!
listening=$(acknowledged 3 20)
heard=$(wc -c <heard.bin)
state=$(sql "SELECT application_name, sync_state FROM pg_stat_replication")
names standby
named=$(acknowledged 4 5)
echo "synchronous_standby_names = '*': standby up: $up; standby down: $down; a listener to another table besides: $listening"
echo "the only one that replicates: $state; it has received $heard bytes; synchronous_standby_names = 'standby' instead: $named"
[ "$up $down $listening $heard $named" = "acknowledged waits acknowledged 0 waits" ]
