#!/usr/bin/env bash
# What one would guess: a put by the leasing client of etcd's Go client, which caches keys that it owns and promises linearizable ones, writes the
#   key once.
# What happens: where the client does not own the key, as it never does before a get, the write succeeds, and the client, which takes "nothing
#   cached" for "not written", writes it once more: two revisions, two events, the version counts by two. Where another client's put
#   comes in between, its value is overwritten by the older one, and readers see a, b, a, of which each was put once.
# Why a user of chaos meets it: a register whose clients use it is convicted of not being linearizable without any fault, and with plain
#   clients it is not; a compare of `version` is off by as many puts.
# Versions: etcd 3.4.23 (Debian 12), go.etcd.io/etcd/client/v3 3.6.4. 2026-11-30.
set -euo pipefail

for need in etcd go python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server golang python3"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkdir probe
cd probe
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module finding

go 1.23

require go.etcd.io/etcd/client/v3 v3.6.4
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/leasing"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func connect() *clientv3.Client {
	return must(clientv3.New(clientv3.Config{Endpoints: []string{"http://127.0.0.1:" + os.Args[1]}, DialTimeout: 5 * time.Second}))
}

const clients, each = 4, 50

// puts lets four clients put fifty different values each into one key, and returns what a watch saw of it.
func puts(limit context.Context, key string, stores []clientv3.KV) (values []string) {
	watcher := connect()
	defer watcher.Close()
	seen := watcher.Watch(limit, key, clientv3.WithCreatedNotify())
	<-seen
	var group sync.WaitGroup
	for number, store := range stores {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range each {
				must(store.Put(limit, key, fmt.Sprintf("%c%d", 'a'+number, i)))
			}
		}()
	}
	group.Wait()
	must(watcher.Put(limit, key, "end"))
	for answer := range seen {
		for _, event := range answer.Events {
			if value := string(event.Kv.Value); value != "end" {
				values = append(values, value)
			} else {
				return values
			}
		}
	}
	panic("the watch ended")
}

// back counts the values that are there again after another one was.
func back(values []string) (count int, example []string) {
	last := map[string]int{}
	for i, value := range values {
		if before, was := last[value]; was && before < i-1 {
			count++
			if example == nil {
				example = values[before : i+1]
			}
		}
		last[value] = i
	}
	return count, example
}

func main() {
	limit, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	single := connect()
	store, closeStore := func() (clientv3.KV, func()) {
		kv, end, err := leasing.NewKV(single, "leases/")
		if err != nil {
			panic(err)
		}
		return kv, end
	}()
	must(store.Put(limit, "key", "value"))
	read := must(connect().Get(limit, "key")).Kvs[0]
	fmt.Println("one put of one client to a new key: version", read.Version)
	closeStore()

	var leased, plain []clientv3.KV
	for range clients {
		kv, end, err := leasing.NewKV(connect(), "leases/")
		if err != nil {
			panic(err)
		}
		defer end()
		leased, plain = append(leased, kv), append(plain, connect())
	}
	ordinary := puts(limit, "ordinary", plain)
	twice := puts(limit, "twice", leased)
	none, _ := back(ordinary)
	again, example := back(twice)
	fmt.Println("four plain clients, fifty puts each:  ", len(ordinary), "writes,", none, "values are there again after another one")
	fmt.Println("four leasing clients, fifty puts each:", len(twice), "writes,", again, "values are there again after another one, for example", example)
	if read.Version != 2 || len(ordinary) != clients*each || none != 0 || len(twice) != 2*clients*each || again == 0 {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 4; }
go build -o run . >build.log 2>&1 || { cat build.log; exit 4; }
etcd --version | sed -n 1p
echo "client $(go list -m go.etcd.io/etcd/client/v3)"
read -r port peer < <(python3 -c 'import socket
a, b = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
etcd --data-dir "$folder/data" --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --log-level error >log 2>&1 &
server=$!
timeout 60 ./run "$port" 2>probe.log || { code=$?; tail -3 probe.log; exit $code; }
