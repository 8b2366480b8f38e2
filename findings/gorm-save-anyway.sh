#!/usr/bin/env bash
# What one would guess: `db.Where("version = ?", seen).Save(&row)` of GORM saves if the version is still the one that was seen, and otherwise
#   affects no row, as `Updates` does.
# What happens: the UPDATE with that condition matches nothing, and so `Save` sends an INSERT … ON CONFLICT DO UPDATE of all columns after it:
#   what somebody else saved is overwritten, and one row is reported as affected. A row that was deleted since is made again.
# Why a user of chaos meets it: a compare-and-set by version, the usual way, loses updates without a fault: the register, bank and counter
#   checkers convict the database.
# Versions: PostgreSQL 15 (Debian 12), gorm.io/gorm 1.31.2, gorm.io/driver/postgres 1.6.0, Go 1.26. 2026-11-30.
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

go 1.23

require (
	gorm.io/driver/postgres v1.6.0
	gorm.io/gorm v1.31.2
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

type Account struct {
	ID      uint
	Balance int
	Version int
}

func must(db *gorm.DB) *gorm.DB {
	if db.Error != nil {
		panic(db.Error)
	}
	return db
}

func main() {
	db, err := gorm.Open(postgres.Open("host=127.0.0.1 user=postgres dbname=postgres port="+os.Args[1]), &gorm.Config{})
	if err != nil {
		panic(err)
	}
	if err := db.AutoMigrate(&Account{}); err != nil {
		panic(err)
	}
	ways := []struct {
		name  string
		write func(db *gorm.DB, account *Account) *gorm.DB
	}{
		{"Save", func(db *gorm.DB, account *Account) *gorm.DB { return db.Save(account) }},
		{"Updates", func(db *gorm.DB, account *Account) *gorm.DB { return db.Updates(account) }},
	}
	saw := ""
	for i, way := range ways {
		// add reads nothing anew: it adds to what was read, and writes if the version is still the one that was read.
		add := func(account Account, amount int) int64 {
			seen := account.Version
			account.Balance += amount
			account.Version++
			return must(way.write(db.Where("version = ?", seen), &account)).RowsAffected
		}
		id := uint(i + 1)
		must(db.Create(&Account{ID: id, Balance: 100, Version: 1}))
		var read, now Account
		must(db.First(&read, id))
		first, second := add(read, 10), add(read, 5)
		must(db.First(&now, id))
		must(db.Delete(&Account{}, id))
		third := add(now, 1)
		var left int64
		must(db.Model(&Account{}).Where("id = ?", id).Count(&left))
		fmt.Printf("%s: two add 10 and 5 to the 100 they read: %d and %d rows affected, balance %d; added to the deleted one: %d affected, %d there\n",
			way.name, first, second, now.Balance, third, left)
		saw += fmt.Sprintln(first, second, now.Balance, third, left)
	}
	if saw != "1 1 105 1 1\n1 0 110 0 0\n" {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 4; }
grep -E 'gorm' go.mod
go version
go build -o probe .
timeout 60 ./probe "$port"
