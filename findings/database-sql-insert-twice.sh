#!/usr/bin/env bash
# What one would guess: an INSERT by Go's `database/sql` and lib/pq whose connection is closed before the answer came ends in an error, and
#   whether the row is there is not known: at most one is.
# What happens: lib/pq reports a connection that ended (FIN) as `driver.ErrBadConn`, which by its contract means "nothing was sent";
#   `database/sql` then takes a new connection and sends the INSERT again. It ends without an error, and there are two rows: by `Exec`, by
#   `Query` with RETURNING, and by a prepared statement. Cut by a reset (RST) it ends in an error, as pgx does for both. A COMMIT is not
#   sent again, and ends in "driver: bad connection", whose meaning elsewhere is that it did not happen: the row is there.
# Why a user of chaos meets it: closed connections are what kills of servers and cuts by proxies leave. An add or enqueue, recorded as *ok*
#   once, is there twice; a counter counts twice; and *fail* for ErrBadConn of a COMMIT is a lie.
# Versions: github.com/lib/pq 1.12.3, github.com/jackc/pgx/v5 5.8.0, PostgreSQL 15.18 (Debian 12), Go 1.26. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in go python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install golang python3"; exit 4; }; done
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log

mkdir probe
cd probe
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module finding

go 1.24.0

require (
	github.com/jackc/pgx/v5 v5.8.0
	github.com/lib/pq v1.12.3
)
MOD
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var cutNext atomic.Bool

// proxy passes bytes on, but for the next answer of the server when cutNext is set: it then ends the client's connection instead.
func proxy(server string, reset bool) string {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	go func() {
		for {
			client := must(listener.Accept())
			upstream := must(net.Dial("tcp", server))
			go io.Copy(upstream, client)
			go func() {
				defer client.Close()
				buffer := make([]byte, 65536)
				for {
					n, err := upstream.Read(buffer)
					if err != nil {
						return
					}
					if cutNext.CompareAndSwap(true, false) {
						if reset {
							client.(*net.TCPConn).SetLinger(0)
						}
						return
					}
					client.Write(buffer[:n])
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func main() {
	holds := true
	for _, reset := range []bool{false, true} {
		for _, name := range []string{"postgres", "pgx"} {
			db := must(sql.Open(name, fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", proxy(os.Args[1], reset))))
			must(db.Exec("CREATE TABLE IF NOT EXISTS t (v int)"))
			statement := must(db.Prepare("INSERT INTO t VALUES ($1)"))
			must(statement.Exec(0))
			ways := []struct {
				way string
				do  func() error
			}{
				{"Exec", func() error { _, err := db.Exec("INSERT INTO t VALUES (1)"); return err }},
				{"prepared", func() error { _, err := statement.Exec(1); return err }},
				{"Query RETURNING", func() error {
					var v int
					return db.QueryRow("INSERT INTO t VALUES (1) RETURNING v").Scan(&v)
				}},
				{"Commit", func() error {
					cutNext.Store(false)
					tx := must(db.Begin())
					must(tx.Exec("INSERT INTO t VALUES (1)"))
					cutNext.Store(true)
					return tx.Commit()
				}},
			}
			for _, each := range ways {
				must(db.Exec("DELETE FROM t"))
				must(statement.Exec(0))
				cutNext.Store(true)
				err := each.do()
				cutNext.Store(false)
				var rows int
				if scan := db.QueryRow("SELECT count(*) FROM t WHERE v = 1").Scan(&rows); scan != nil {
					panic(scan)
				}
				how, library := "FIN", "pgx"
				if reset {
					how = "RST"
				}
				if name == "postgres" {
					library = "lib/pq"
				}
				outcome := "ok"
				if err != nil {
					outcome = "error"
				}
				if errors.Is(err, driver.ErrBadConn) {
					outcome = "ErrBadConn"
				}
				fmt.Printf("%-6s cut by %s, %-15s: %-10s rows: %d\n", library, how, each.way, outcome, rows)
				if library == "lib/pq" && !reset {
					if each.way == "Commit" {
						holds = holds && outcome == "ErrBadConn" && rows == 1
					} else {
						holds = holds && outcome == "ok" && rows == 2
					}
				} else {
					holds = holds && err != nil && rows <= 1
				}
			}
		}
	}
	if !holds {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 4; }
grep -E 'lib/pq|pgx/v5' go.mod | tr -d '\t'
go version
go build -o probe .
timeout 60 ./probe "127.0.0.1:$port"
