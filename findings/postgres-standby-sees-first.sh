#!/usr/bin/env bash
# What one would guess: a standby of PostgreSQL shows what the primary has shown, later or, with `synchronous_commit = remote_apply`, at once: who
#   reads a row in the standby and then asks the primary finds it there.
# What happens: a row is to be seen in a standby as soon as its log arrives, in the primary only when every standby that the commit waits for has
#   answered. Where a second one is down, the first shows the row for as long as you like and the primary does not: reads go back in
#   time. And a commit that does not wait, made meanwhile, is shown by the primary alone: the two disagree about the order of the two (long fork),
#   though every transaction is SERIALIZABLE.
# Why a user of chaos meets it: a cut to one standby makes readers that use the primary and the other one see new, then old. The register
#   and list checkers convict it, and it is the primary that is behind.
# Versions: PostgreSQL 15.18 (Debian 12). 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap 'for one in near far primary; do "${as[@]}" $bin/pg_ctl -D "$folder/$one" -m immediate stop >/dev/null 2>&1 || true; done; wait 2>/dev/null || true
  rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
read -r one two three < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "123"]; print(*(x.getsockname()[1] for x in s))')
"${as[@]}" $bin/initdb -D primary -A trust -U postgres >initdb.log
start() { "${as[@]}" $bin/pg_ctl -D "$1" -w -l "$1.log" -o "-p $2 -k $folder -c listen_addresses=127.0.0.1" start >start.log; }
start primary "$one"
for name in near far; do
  "${as[@]}" $bin/pg_basebackup -h 127.0.0.1 -p "$one" -U postgres -D $name -R -d "host=127.0.0.1 application_name=$name"
done
start near "$two"
start far "$three"
sql() { timeout 20 $bin/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U postgres -c "$2"; }
rows() { sql "$1" "SELECT coalesce(string_agg(word, ' and ' ORDER BY word), 'nothing') FROM t"; }
until_true() { for _ in $(seq 150); do [ "$(sql "$1" "$2")" != t ] || return 0; sleep 0.1; done; echo "never: $2" >&2; return 1; }

sql "$one" "CREATE TABLE t (word text)"
sql "$one" "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 2 (near, far)'"
sql "$one" "ALTER SYSTEM SET synchronous_commit = 'remote_apply'"
sql "$one" "ALTER SYSTEM SET default_transaction_isolation = 'serializable'"
sql "$one" "SELECT pg_reload_conf()" >reload.log
until_true "$one" "SELECT count(*) = 2 FROM pg_stat_replication WHERE sync_state = 'sync'"
sql "$one" "INSERT INTO t VALUES ('x')"
both="$(rows "$one"), $(rows "$two")"
sql "$one" "DELETE FROM t"
"${as[@]}" $bin/pg_ctl -D far -m immediate stop >stop.log
timeout 60 $bin/psql -X -q -h 127.0.0.1 -p "$one" -U postgres -c "INSERT INTO t VALUES ('a')" >insert.log 2>&1 &
until_true "$two" "SELECT count(*) = 1 FROM t"
sleep 3
standby=$(rows "$two")
primary=$(rows "$one")
# The first standby does not go on for a moment: what it shows now is what it showed before 'b'.
sql "$two" "SELECT pg_wal_replay_pause()"
until_true "$two" "SELECT pg_get_wal_replay_pause_state() = 'paused'"
sql "$one" "SET synchronous_commit = local; INSERT INTO t VALUES ('b')"
fork="the standby shows $(rows "$two"), the primary $(rows "$one")"
echo "both standbys up, a row committed; the primary and the first standby show: $both"
echo "the second standby is down, the INSERT of a waits; 3 s after the first standby showed $standby, the primary shows $primary"
echo "b is committed without waiting: $fork"
[ "$both|$standby|$primary|$fork" = "x, x|a|nothing|the standby shows a, the primary b" ]
