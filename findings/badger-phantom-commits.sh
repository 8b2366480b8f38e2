#!/usr/bin/env bash
# What one would guess: transactions of Badger are serializable, as it says ("serializable snapshot isolation"): of two that each read a
#   range of keys and then write into what the other read, one is refused with ErrConflict.
# What happens: only keys that were found and looked at count as read. Two that count a prefix, find nothing and add a key each, both
#   commit (a phantom); and so do two that iterate over keys and do not ask for the values and each change another one of them, as
#   counting does. By `Get`, also of missing keys, and by the values of an iterator, one is refused.
# Why a user of chaos meets it: "at most one" and "at least one on call" by iteration is write skew (G2-item, G2) without any fault: a store
#   built on Badger that claims serializable is convicted.
# Versions: github.com/dgraph-io/badger/v4 4.9.1, Go 1.26. 2026-11-29.
set -euo pipefail

command -v go >/dev/null || { echo "go is not installed: apt-get install golang"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/probe"
cd "$folder/probe"
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module finding

go 1.23.0

require github.com/dgraph-io/badger/v4 v4.9.1
MOD
cat >main.go <<'GO'
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/dgraph-io/badger/v4"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// count says how many keys there are under a prefix, and looks at their values if it is asked to.
func count(txn *badger.Txn, prefix string, values bool) (found int) {
	options := badger.DefaultIteratorOptions
	options.Prefix = []byte(prefix)
	iterator := txn.NewIterator(options)
	defer iterator.Close()
	for iterator.Rewind(); iterator.Valid(); iterator.Next() {
		if values {
			must(iterator.Item().ValueCopy(nil))
		}
		found++
	}
	return found
}

func main() {
	db := must(badger.Open(badger.DefaultOptions("data").WithLogger(nil)))
	defer db.Close()
	get := func(txn *badger.Txn, key string) {
		if _, err := txn.Get([]byte(key)); err != nil && !errors.Is(err, badger.ErrKeyNotFound) {
			panic(err)
		}
	}
	trials := []struct {
		name string
		read func(txn *badger.Txn, prefix string)
		made bool
	}{
		{"both count a prefix, nothing there", func(txn *badger.Txn, prefix string) { count(txn, prefix, true) }, false},
		{"both iterate over two keys", func(txn *badger.Txn, prefix string) { count(txn, prefix, false) }, true},
		{"both iterate over their values", func(txn *badger.Txn, prefix string) { count(txn, prefix, true) }, true},
		{"both get two missing keys", func(txn *badger.Txn, prefix string) { get(txn, prefix+"a"); get(txn, prefix+"b") }, false},
		{"both get two keys", func(txn *badger.Txn, prefix string) { get(txn, prefix+"a"); get(txn, prefix+"b") }, true},
	}
	holds := true
	for i, trial := range trials {
		prefix := fmt.Sprintf("%d/", i)
		if trial.made {
			if err := db.Update(func(txn *badger.Txn) error {
				return errors.Join(txn.Set([]byte(prefix+"a"), []byte("1")), txn.Set([]byte(prefix+"b"), []byte("1")))
			}); err != nil {
				panic(err)
			}
		}
		one, two := db.NewTransaction(true), db.NewTransaction(true)
		trial.read(one, prefix)
		trial.read(two, prefix)
		if err := errors.Join(one.Set([]byte(prefix+"a"), []byte("0")), two.Set([]byte(prefix+"b"), []byte("0"))); err != nil {
			panic(err)
		}
		first, second := one.Commit(), two.Commit()
		fmt.Printf("%-34s then write one each: %v, %v\n", trial.name, first, second)
		holds = holds && first == nil && errors.Is(second, badger.ErrConflict) == (i > 1)
	}
	if !holds {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 4; }
grep badger go.mod
go version
go build -o probe .
timeout 60 ./probe
