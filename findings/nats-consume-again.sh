#!/usr/bin/env bash
# What one would guess: a worker of JetStream that handles each message within `ack_wait` of getting it, and acknowledges it, is given each
#   message once while nothing fails.
# What happens: `Consume` of the Go client asks for up to 500 messages ahead, and `ack_wait` counts from the moment the server sent them, not
#   from when the handler is called. With 30 ms of work for each and 1 s to acknowledge, those that wait in the client's buffer for longer
#   are sent again behind it, and most are handled twice or more, by one healthy worker alone; each acknowledgement, also by `DoubleAck`,
#   succeeds. With `PullMaxMessages(1)` each is handled once.
# Why a user of chaos meets it: a queue workload with `Consume` records an element taken twice without any fault, and its redeliveries grow
#   with the load: the queue checker convicts it as *duplicate-element*.
# Versions: nats-server 2.9.10 (Debian 12), github.com/nats-io/nats.go 1.55.0, Go 1.26. 2026-11-30.
set -euo pipefail

for need in nats-server go python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nats-server golang python3"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
nats-server --version
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/js" >server.log 2>&1 &
server=$!
mkdir probe
cd probe
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module finding

go 1.25

require github.com/nats-io/nats.go v1.55.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	messages = 100
	work     = 30 * time.Millisecond
	ackWait  = time.Second
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// run has one worker handle all messages of a queue, one after the other, until nothing more comes.
func run(stream jetstream.JetStream, name string, options ...jetstream.PullConsumeOpt) (twice int) {
	limit, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	must(stream.CreateStream(limit, jetstream.StreamConfig{Name: name, Subjects: []string{name}, Retention: jetstream.WorkQueuePolicy}))
	consumer := must(stream.CreateConsumer(limit, name, jetstream.ConsumerConfig{Durable: "worker", AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait}))
	for i := range messages {
		must(stream.Publish(limit, name, fmt.Append(nil, i)))
	}
	handled := make(chan string, 100*messages)
	longest := time.Duration(0)
	consuming := must(consumer.Consume(func(message jetstream.Msg) {
		got := time.Now()
		time.Sleep(work)
		if err := message.DoubleAck(limit); err != nil {
			panic(err)
		}
		longest = max(longest, time.Since(got))
		handled <- string(message.Data())
	}, options...))
	times := map[string]int{}
	for quiet := false; !quiet; {
		select {
		case message := <-handled:
			times[message]++
		case <-time.After(3 * ackWait):
			quiet = true
		}
	}
	consuming.Stop()
	<-consuming.Closed()
	most := 0
	for _, each := range times {
		if each > 1 {
			twice++
		}
		most = max(most, each)
	}
	fmt.Printf("%-8s %d messages, handled within %v of %v at most: %d handled more than once, one of them %d times; left in the stream: %d\n",
		name, len(times), longest.Round(time.Millisecond), ackWait, twice, most, must(must(stream.Stream(limit, name)).Info(limit)).State.Msgs)
	if len(times) != messages || longest > ackWait {
		os.Exit(4)
	}
	return twice
}

func main() {
	connection := must(nats.Connect("127.0.0.1:"+os.Args[1], nats.RetryOnFailedConnect(true), nats.MaxReconnects(50), nats.ReconnectWait(100*time.Millisecond)))
	for tries := 0; !connection.IsConnected(); tries++ {
		if tries == 100 {
			panic("the server did not start")
		}
		time.Sleep(100 * time.Millisecond)
	}
	stream := must(jetstream.New(connection))
	ahead, single := run(stream, "ahead"), run(stream, "single", jetstream.PullMaxMessages(1))
	if ahead < messages/2 || single != 0 {
		os.Exit(1)
	}
}
GO
go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 4; }
grep nats.go go.mod
go version
go build -o probe .
timeout 90 ./probe "$port"
