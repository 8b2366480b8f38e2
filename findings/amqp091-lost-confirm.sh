#!/usr/bin/env bash
# What one would guess: `WaitContext` of a deferred confirm of amqp091-go returns an error, or waits for its deadline, when the connection ends
#   before the broker confirmed; false without an error is the broker's "no".
# What happens: it returns false and no error, as for a refusal. The message is in the queue.
# Why a user of chaos meets it: a service that answers "not enqueued" for false says *fail* of what is there: under a cut the queue checker
#   finds an element that was refused, and convicts RabbitMQ of it.
# Versions: github.com/rabbitmq/amqp091-go 1.16.0, rabbitmq-server 3.10.8 (Debian 12), Go 1.26. 2026-11-30.
set -euo pipefail

broker=/usr/lib/rabbitmq/bin/rabbitmq-server
[ -x $broker ] || { echo "RabbitMQ is not installed: apt-get install rabbitmq-server"; exit 4; }
for need in go node; do command -v "$need" >/dev/null || { echo "$need is not installed"; exit 4; }; done
folder=$(mktemp -d)
server=
epmd=
trap 'for pid in $server $epmd; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
read -r port distribution names < <(node -e '
  const servers = [1, 2, 3].map(() => require("net").createServer().listen(0, "127.0.0.1"))
  Promise.all(servers.map((s) => new Promise((r) => s.once("listening", r)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "))
    servers.forEach((s) => s.close())
  })')
as=()
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups); chown rabbitmq "$folder"; }
: >none.conf
export HOME="$folder" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$names" RABBITMQ_NODENAME=finding@localhost RABBITMQ_NODE_PORT="$port" \
  RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$distribution" RABBITMQ_MNESIA_BASE="$folder/data" RABBITMQ_LOG_BASE="$folder" \
  RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" RABBITMQ_CONFIG_FILE="$folder/none" \
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
"${as[@]}" epmd -address 127.0.0.1 -port "$names" >epmd.log 2>&1 &
epmd=$!
# The broker ends where it finds no names server.
for _ in $(seq 100); do epmd -address 127.0.0.1 -port "$names" -names >names.log 2>&1 && break; sleep 0.1; done
"${as[@]}" $broker >server.log 2>&1 &
server=$!

mkdir probe
cd probe
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS=-modcacherw
cat >go.mod <<'MOD'
module finding

go 1.24.0

require github.com/rabbitmq/amqp091-go v1.16.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// dark is set while answers of the broker are lost.
var dark atomic.Bool

func accept(listener net.Listener, server string, accepted chan<- net.Conn) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		broker := must(net.Dial("tcp", server))
		go io.Copy(broker, client)
		go func() {
			buffer := make([]byte, 65536)
			for {
				n, err := broker.Read(buffer)
				if err != nil {
					return
				}
				if !dark.Load() {
					client.Write(buffer[:n])
				}
			}
		}()
		accepted <- client
	}
}

func main() {
	server := "127.0.0.1:" + os.Args[1]
	var connection *amqp.Connection
	for tries := 0; ; tries++ {
		var err error
		if connection, err = amqp.Dial("amqp://" + server); err == nil {
			break
		}
		if tries == 150 {
			panic(err)
		}
		time.Sleep(400 * time.Millisecond)
	}
	fmt.Println("RabbitMQ", connection.Properties["version"])
	direct := must(connection.Channel())
	queue := must(direct.QueueDeclare("q", true, false, false, false, nil))

	link := must(net.Listen("tcp", "127.0.0.1:0"))
	accepted := make(chan net.Conn, 1)
	go accept(link, server, accepted)
	channel := must(must(amqp.Dial("amqp://" + link.Addr().String())).Channel())
	if err := channel.Confirm(false); err != nil {
		panic(err)
	}
	dark.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	confirm := must(channel.PublishWithDeferredConfirmWithContext(ctx, "", queue.Name, true, false, amqp.Publishing{Body: []byte("m")}))
	time.Sleep(500 * time.Millisecond)
	(<-accepted).Close()
	acknowledged, err := confirm.WaitContext(ctx)
	_, there, _ := direct.Get(queue.Name, true)
	fmt.Println("the connection ended before the confirm: acknowledged", acknowledged, "| error", err, "| in the queue:", there)
	if acknowledged || err != nil || !there {
		os.Exit(1)
	}
}
GO
go mod tidy >/dev/null 2>&1
go build -o probe .
go list -m github.com/rabbitmq/amqp091-go
timeout 90 ./probe "$port"
