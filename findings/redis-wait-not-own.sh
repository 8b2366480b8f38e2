#!/usr/bin/env bash
# What one would guess: `client.set(…)` and then `client.wait(1, 1000)` of redis-py says 1 once a replica has what was set.
# What happens: WAIT asks for what was written by the time of the last command of its own connection, and a client takes one from its pool for
#   each command. Where another thread has taken the one that wrote, `wait` goes out by a connection that was idle for some seconds, and says 1 at
#   once, for a replica that is stopped and has nothing. `client.pipeline(transaction=False)` sends both by one connection, and says 0.
# Why a user of chaos meets it: the write is recorded as *ok* with a copy, and is lost when the first node is killed; a lone client without
#   threads never shows it.
# Versions: redis-server 7.0.15 (Debian 12), PyPI redis 8.1.0, Python 3.11. 2026-11-30.
set -euo pipefail

for need in redis-server python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
primary=
replica=
trap 'for one in $primary $replica; do kill -CONT "$one" 2>/dev/null || true; kill "$one" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install redis==8.1.0
redis-server --version | cut -d' ' -f1-3
read -r one two < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "12"]; print(*(x.getsockname()[1] for x in s))')
mkdir one two
redis-server --port "$one" --bind 127.0.0.1 --save '' --dir "$folder/one" >one.log 2>&1 &
primary=$!
redis-server --port "$two" --bind 127.0.0.1 --save '' --dir "$folder/two" --replicaof 127.0.0.1 "$one" >two.log 2>&1 &
replica=$!

cat >wait.py <<'PY'
import os, signal, sys, threading, time
from importlib.metadata import version
import redis

primary, replica, process = (int(word) for word in sys.argv[1:])
print("redis", version("redis"), flush=True)
first = redis.Redis(port=primary)
second = redis.Redis(port=replica)

def until(condition, what):
    limit = time.monotonic() + 30
    while True:
        try:
            if condition():
                return
        except redis.ConnectionError:
            pass
        assert time.monotonic() < limit, f"never: {what}"
        time.sleep(0.1)

until(lambda: first.info("replication").get("slave0", {}).get("state") == "online", "a replica")
client = redis.Redis(port=primary)

def busy(key):
    """A thread that waits for an element with a connection of the client, and has begun to."""
    thread = threading.Thread(target=client.blpop, args=(key, 30))
    before = first.info("clients")["blocked_clients"]
    thread.start()
    until(lambda: first.info("clients")["blocked_clients"] > before, "a thread that waits")
    return thread

def let_go(thread, key):
    first.rpush(key, "element")
    thread.join()

# Two at once, so that the pool has two connections.
threads = {key: busy(key) for key in ("a", "b")}
for key, thread in threads.items():
    let_go(thread, key)
# What the replica has acknowledged by now is after the last command of the idle connection.
until(lambda: first.wait(1, 1000) == 1, "an acknowledgement")
first.set("x", "old")
until(lambda: second.get("x") == b"old" and first.wait(1, 1000) == 1, "the old value in the replica")
os.kill(process, signal.SIGSTOP)
try:
    client.set("x", "new")
    alone = client.wait(1, 1000)
    # Now another thread takes the connection that writes between the two commands.
    client.set("x", "newer")
    thread = busy("c")
    began = time.monotonic()
    shared = client.wait(1, 1000)
    took = time.monotonic() - began
    pipe = client.pipeline(transaction=False)
    pipe.set("x", "newest")
    pipe.wait(1, 1000)
    together = pipe.execute()[1]
    let_go(thread, "c")
finally:
    os.kill(process, signal.SIGCONT)
print(f"the replica is stopped; set, then wait, of a client that nobody else uses: {alone}")
print(f"another thread waits in BLPOP since the set: wait says {shared} after {took * 1000:.0f} ms; both in one pipeline: {together}")
sys.exit(0 if (alone, shared, together) == (0, 1, 0) and took < 0.5 else 1)
PY
timeout 80 venv/bin/python wait.py "$one" "$two" "$replica"
