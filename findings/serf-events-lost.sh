#!/usr/bin/env bash
# What one would guess: in a healthy cluster of Serf every member gets every user event: sending returned no error, and gossip spreads what has
#   been heard until all have it.
# What happens: a member passes over events that are older than the last 512 of its Lamport clock, and gossip brings the newest first: of 1500
#   events sent at once the others get some 512, at 800 a second some half, without an error anywhere. And an event is its
#   time, its name and its payload: two members that send the same one at once are heard once, in whatever they count.
# Why a user of chaos meets it: the broadcast workload loses elements without any fault as soon as the rate is high; and a counter or a
#   trigger built on equal events ("reload", "+1") loses every one that coincides with another's.
# Versions: Go modules github.com/hashicorp/serf v0.10.2, memberlist v0.5.2; Go 1.26. 2026-11-30.
set -euo pipefail

command -v go >/dev/null || { echo "go is not installed: https://go.dev/dl"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir probe
cd probe
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module example
go 1.24
MOD
go get github.com/hashicorp/serf@v0.10.2 github.com/hashicorp/memberlist@v0.5.2 2>get.log || { tail -3 get.log; exit 4; }
go list -m -f '{{.Path}} {{.Version}}' github.com/hashicorp/serf github.com/hashicorp/memberlist

cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/hashicorp/memberlist"
	"github.com/hashicorp/serf/serf"
)

type member struct {
	*serf.Serf
	name   string
	events chan serf.Event
}

func start(name string, join ...string) member {
	events := make(chan serf.Event, 10000)
	config := serf.DefaultConfig()
	config.NodeName, config.EventCh, config.LogOutput = name, events, io.Discard
	config.Logger = log.New(io.Discard, "", 0)
	config.MemberlistConfig = memberlist.DefaultLANConfig()
	config.MemberlistConfig.BindAddr, config.MemberlistConfig.BindPort = "127.0.0.1", 0
	config.MemberlistConfig.LogOutput = io.Discard
	node, err := serf.Create(config)
	if err == nil && len(join) > 0 {
		_, err = node.Join(join, false)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(4)
	}
	return member{node, name, events}
}

// heard counts the user events that have come, until none has come for 5 s.
func (m member) heard() int {
	for count := 0; ; {
		select {
		case event := <-m.events:
			if event.EventType() == serf.EventUser {
				count++
			}
		case <-time.After(5 * time.Second):
			return count
		}
	}
}

func send(m member, payload string) {
	if err := m.UserEvent("event", []byte(payload), false); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	a := start("a")
	address := fmt.Sprintf("127.0.0.1:%d", a.LocalMember().Port)
	b, c := start("b", address), start("c", address)
	for a.NumNodes() < 3 || b.NumNodes() < 3 || c.NumNodes() < 3 {
		time.Sleep(50 * time.Millisecond)
	}
	asSeen := true
	for _, try := range []struct {
		count int
		gap   time.Duration
	}{{300, 20 * time.Millisecond}, {1500, time.Millisecond}, {1500, 0}} {
		begin := time.Now()
		for i := 0; i < try.count; i++ {
			send(a, fmt.Sprint(try.gap, i))
			time.Sleep(try.gap)
		}
		took := time.Since(begin).Seconds()
		own, ofB, ofC := a.heard(), b.heard(), c.heard()
		fmt.Printf("a sends %d different events in %.2f s, without an error: a hears %d, b %d, c %d\n", try.count, took, own, ofB, ofC)
		if slow := try.count == 300; slow && (ofB < 300 || ofC < 300) || try.gap == 0 && (ofB >= 1500 || ofC >= 1500) {
			asSeen = false
		}
	}
	for i := 0; i < 20; i++ {
		send(a, "one more")
		send(b, "one more")
		time.Sleep(500 * time.Millisecond)
	}
	own, ofB, ofC := a.heard(), b.heard(), c.heard()
	fmt.Printf("a and b both send \"one more\", 20 times at once, 40 events: a hears %d, b %d, c %d\n", own, ofB, ofC)
	if !asSeen || own >= 40 || ofB >= 40 || ofC >= 40 {
		os.Exit(1)
	}
}
GO
go mod tidy 2>get.log || { tail -3 get.log; exit 4; }
go build -o example . && timeout 120 ./example
