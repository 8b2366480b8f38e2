#!/usr/bin/env bash
# What one would guess: the usual way to take a message from a queue in PostgreSQL, `DELETE FROM q WHERE id IN (SELECT id FROM q ORDER BY id
#   LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`, takes at most one: the subquery depends on nothing and has a limit.
# What happens: where the statistics are of the time when the queue was all but empty, as a queue is when it is analyzed, the planner joins
#   by a nested loop that runs the subquery again for each row. FOR UPDATE sees that the row it had is deleted, takes the next one, and the
#   statement takes all fifty. An UPDATE does so too. `= (SELECT …)` takes one, and so does a MATERIALIZED common table expression.
# Why a user of chaos meets it: a worker that reads one row of the answer has lost the others: the queue checker finds lost elements without
#   any fault, in some runs, as it depends on when autovacuum came by.
# Versions: PostgreSQL 15.18 (Debian 12). 2026-11-30.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3"; exit 4; }
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
# autovacuum would analyze the table at a time of its own; here that is told.
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c autovacuum=off" start >start.log
sql() { timeout 20 $bin/psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres -c "$1"; }

one="SELECT id FROM q WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
# A queue of fifty, analyzed when this many were there, then a statement; says how many rows the statement took.
taken() {
  sql "DROP TABLE IF EXISTS q; CREATE TABLE q (id int PRIMARY KEY, state text NOT NULL DEFAULT 'new');
       INSERT INTO q SELECT generate_series(1, $1); ANALYZE q; INSERT INTO q SELECT generate_series($1 + 1, 50)" >analyzed.log 2>&1
  sql "$2" | wc -l
}
delete=$(taken 1 "DELETE FROM q WHERE id IN ($one) RETURNING id")
update=$(taken 1 "UPDATE q SET state = 'taken' WHERE id IN ($one) RETURNING id")
late=$(taken 50 "DELETE FROM q WHERE id IN ($one) RETURNING id")
equals=$(taken 1 "DELETE FROM q WHERE id = ($one) RETURNING id")
with=$(taken 1 "WITH next AS MATERIALIZED ($one) DELETE FROM q USING next WHERE q.id = next.id RETURNING q.id")
echo "of 50, with LIMIT 1, analyzed when there was one: DELETE … IN takes $delete, UPDATE … IN $update"
echo "analyzed when there were fifty: DELETE … IN takes $late"
echo "analyzed when there was one: DELETE … = (SELECT …) takes $equals, WITH … AS MATERIALIZED $with"
[ "$delete $update $late $equals $with" = "50 50 1 1 1" ]
