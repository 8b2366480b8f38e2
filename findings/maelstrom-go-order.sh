#!/usr/bin/env bash
# One would guess: a node of Maelstrom's Go library handles messages in the order in which they came, as one that reads a line,
# answers, and reads the next does; with constant latency, what one node sends first is handled first.
# What happens: Node.Run gives each line to a goroutine of its own. A handler that does nothing but append under a lock sees
# messages of one sender in another order than they were written, and answers them so.
# Why a user of chaos meets it: Gossip Glomers solutions in Go that number, replicate or overwrite by "the last one wins" are
# convicted without any fault or latency, and the message diagram shows every message in order.
# Versions: github.com/jepsen-io/maelstrom/demo/go v0.0.0-20251128144731-cb7f07239012, Go 1.x. 2026-11-29. Needs go, python3. No chaos.
set -euo pipefail
for tool in go python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 3; }; done
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod GOPATH="$folder/go" GOMAXPROCS=2
cat > go.mod <<'MOD'
module node
go 1.20
require github.com/jepsen-io/maelstrom/demo/go v0.0.0-20251128144731-cb7f07239012
MOD
cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"log"
	"sync"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

func main() {
	n := maelstrom.NewNode()
	var lock sync.Mutex
	list := []int{}
	n.Handle("add", func(msg maelstrom.Message) error {
		var body struct{ Element int }
		if err := json.Unmarshal(msg.Body, &body); err != nil {
			return err
		}
		lock.Lock()
		list = append(list, body.Element)
		lock.Unlock()
		return n.Reply(msg, map[string]any{"type": "add_ok"})
	})
	n.Handle("read", func(msg maelstrom.Message) error {
		lock.Lock()
		defer lock.Unlock()
		return n.Reply(msg, map[string]any{"type": "read_ok", "value": list})
	})
	if err := n.Run(); err != nil {
		log.Fatal(err)
	}
}
GO
go build -o node . 2>build.log || { tail -5 build.log; exit 3; }
go version
grep -h jepsen-io go.mod
python3 - <<'PY'
import json, subprocess
node = subprocess.Popen(['./node'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
def tell(body): node.stdin.write(json.dumps({'src': 'c1', 'dest': 'n1', 'body': body}) + '\n')
def hear(): return json.loads(node.stdout.readline())['body']
tell({'type': 'init', 'msg_id': 1, 'node_id': 'n1', 'node_ids': ['n1']}); node.stdin.flush(); hear()
count = 2000
for i in range(count): tell({'type': 'add', 'msg_id': 2 + i, 'element': i})
node.stdin.flush()
answers = [hear()['in_reply_to'] for _ in range(count)]
tell({'type': 'read', 'msg_id': 2 + count}); node.stdin.flush()
value = hear()['value']
node.stdin.close(); node.wait()
late = sum(1 for a, b in zip(value, value[1:]) if b < a)
print(f'{len(value)} of {count} messages of one sender handled; {late} times a later one came first; for example {next((value[i - 1:i + 2] for i in range(1, len(value) - 1) if value[i] < value[i - 1]), "none")}')
print(f'answers in the order of requests: {answers == sorted(answers)}')
assert sorted(value) == list(range(count))
raise SystemExit(0 if late > 0 else 'handled in order now')
PY
