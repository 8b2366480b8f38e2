#!/usr/bin/env bash
# What one would guess: the completion callback of a group of dramatiq, whose messages are delivered at least once, runs when all its messages have
#   been processed, and once: a message that was processed twice is still one message.
# What happens: the group counts down, not which message has ended. A worker that was paused for longer than `heartbeat_timeout` and goes on makes
#   its message end twice, and the callback runs while another message of the group is at work; it runs again when that one ends.
# Why a user of chaos meets it: under `pause` or `kill` of workers what must come last comes in the midst, and twice: a total is taken of
#   transfers that are not all made.
# Versions: redis-server 7.0.15 (Debian 12), PyPI dramatiq 2.2.1, redis 8.1.0, Python 3.11. 2026-11-30.
set -euo pipefail

for need in redis-server python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install dramatiq==2.2.1 redis==8.1.0
redis-server --version | cut -d' ' -f1-3
export PORT
PORT=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --port "$PORT" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >work.py <<'PY'
import os, sys, time
import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import GroupCallbacks
from dramatiq.rate_limits.backends import RedisBackend

url = f"redis://127.0.0.1:{os.environ['PORT']}"
# A worker counts as dead after 3 s instead of a minute, and the dead are looked for at each command, not at one in a thousand.
broker = RedisBroker(url=url, heartbeat_timeout=3000, maintenance_chance=1_000_000)
broker.add_middleware(GroupCallbacks(RedisBackend(url=url)))
dramatiq.set_broker(broker)

def note(line):
    with open("done.txt", "a") as file:
        file.write(line + "\n")

@dramatiq.actor
def part(name):
    """Ends when it is let."""
    note(f"{name} begins")
    while not os.path.exists(f"let.{name}"):
        time.sleep(0.05)
    note(f"{name} ends")

@dramatiq.actor
def last():
    note("callback")

if __name__ == "__main__":
    worker = dramatiq.Worker(broker, worker_threads=int(sys.argv[1]))
    worker.start()
    sys.stdin.read()
PY
cat >group.py <<'PY'
import os, signal, subprocess, sys, time
from importlib.metadata import version
import dramatiq
from work import last, part

print("dramatiq", version("dramatiq"), flush=True)
workers = []

def worker(threads, **environment):
    process = subprocess.Popen(["venv/bin/python", "work.py", str(threads)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=open("workers.log", "a"), env={**os.environ, **environment})
    workers.append(process)
    return process

def lines():
    return open("done.txt").read().splitlines() if os.path.exists("done.txt") else []

def until(line, times):
    limit = time.monotonic() + 40
    while lines().count(line) < times:
        assert time.monotonic() < limit, f"never {times} times: {line}; {lines()}"
        time.sleep(0.05)

def let(name):
    open(f"let.{name}", "w").close()

try:
    group = dramatiq.group([part.message("a"), part.message("b")])
    group.add_completion_callback(last.message())
    group.run()
    # The first worker takes one message only, and stands still in the midst of it.
    first = worker(1, dramatiq_queue_prefetch="1")
    until("a begins", 1)
    os.kill(first.pid, signal.SIGSTOP)
    worker(4)
    until("b begins", 1)
    until("a begins", 2)
    let("a")
    until("a ends", 1)
    os.kill(first.pid, signal.SIGCONT)
    until("a ends", 2)
    time.sleep(3)
    early = lines().count("callback")
    let("b")
    until("b ends", 1)
    time.sleep(3)
    total = lines().count("callback")
finally:
    for process in workers:
        process.kill()
        process.wait()
print(f"a has ended twice, b is at work: the callback ran {early} times; after the end of b {total} times")
sys.exit(0 if (early, total) == (1, 2) else 1)
PY
timeout 80 venv/bin/python group.py
