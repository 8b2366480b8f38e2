#!/usr/bin/env bash
# What one would guess: two mutexes of etcd's Go client on one name exclude each other, whoever asks for them, and so do two campaigns.
# What happens: a lock belongs to the session (the lease). Two goroutines that share a session, the natural thing in one process, both
#   get the lock at once, and the first to unlock it takes it from the other one too, so that a third session is let in. Two candidates
#   of one session both win the election, and when one resigns there is no leader.
# Why a user of chaos meets it: a lock workload whose clients are workers of one process with one session finds two holders without any
#   fault, and convicts etcd. A session for each worker excludes.
# Versions: etcd 3.4.23 (Debian 12), go.etcd.io/etcd/client/v3 3.6.4. 2026-11-29.
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
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	client := must(clientv3.New(clientv3.Config{Endpoints: []string{"http://127.0.0.1:" + os.Args[1]}, DialTimeout: 5 * time.Second}))
	within := func(work func(context.Context) error) bool {
		limit, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		return work(limit) == nil
	}
	shared, third := must(concurrency.NewSession(client)), must(concurrency.NewSession(client))
	one, two := concurrency.NewMutex(shared, "/lock"), concurrency.NewMutex(shared, "/lock")
	other := concurrency.NewMutex(third, "/lock")
	first, second, excluded := within(one.Lock), within(two.Lock), !within(other.Lock)
	fmt.Println("one session: first has the lock:", first, "| second has it too:", second, "| another session waits:", excluded)
	within(one.Unlock)
	taken := within(other.Lock)
	fmt.Println("the first unlocks, the second does not: the other session has the lock:", taken)

	left, right := concurrency.NewElection(shared, "/election"), concurrency.NewElection(shared, "/election")
	leftWins := within(func(limit context.Context) error { return left.Campaign(limit, "left") })
	rightWins := within(func(limit context.Context) error { return right.Campaign(limit, "right") })
	within(right.Resign)
	_, nobody := left.Leader(context.Background())
	fmt.Println("one session: left wins:", leftWins, "| right wins too:", rightWins, "| right resigns, then:", nobody)
	if !first || !second || !excluded || !taken || !leftWins || !rightWins || nobody != concurrency.ErrElectionNoLeader {
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
timeout 60 ./run "$port" 2>/dev/null
