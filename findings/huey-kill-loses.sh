#!/usr/bin/env bash
# What one would guess: a task of Huey with `retries=3`, whose worker is killed while it runs, is run again by the next worker, as the queue is
#   in Redis and the task was never finished.
# What happens: the worker takes the task out of Redis before it begins, and nothing is left that knows of it: it is never run again, and
#   nothing is pending. Retries are for exceptions.
# Why a user of chaos meets it: under `kill` of workers each of them loses the task in its hands, which an at-least-once queue must not.
# Versions: redis-server 7.0.15 (Debian 12), PyPI huey 3.5.4, redis 4.6.0, Python 3.11. 2026-11-30.
set -euo pipefail

for need in redis-server python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install huey==3.5.4 redis==4.6.0
redis-server --version | cut -d' ' -f1-3
export PORT PYTHONPATH="$folder"
PORT=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --port "$PORT" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >work.py <<'PY'
import os, time
from huey import RedisHuey

huey = RedisHuey("example", port=int(os.environ["PORT"]))

@huey.task(retries=3)
def work(name, seconds):
    for what in ("begins", "ends"):
        with open("done.txt", "a") as file:
            file.write(f"{name} {what}\n")
        if what == "begins":
            time.sleep(seconds)
PY
cat >killed.py <<'PY'
import os, signal, subprocess, sys, time
from importlib.metadata import version
from work import huey, work

print("huey", version("huey"), flush=True)

def worker():
    command = ["venv/bin/huey_consumer", "work.huey", "-w", "1", "-k", "process"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

def wait_for(line):
    limit = time.monotonic() + 20
    while line not in done():
        assert time.monotonic() < limit, f"never: {line}"
        time.sleep(0.05)

def done():
    return open("done.txt").read().splitlines() if os.path.exists("done.txt") else []

work("first", 3)
work("second", 0.1)
one = worker()
try:
    wait_for("first begins")
finally:
    kill(one)
other = worker()
try:
    wait_for("second ends")
    time.sleep(8)
finally:
    kill(other)
print("the worker is killed once the first task has begun; 8 s after another worker did the second task:", ", ".join(done()))
print(f"pending {huey.pending_count()}, scheduled {huey.scheduled_count()}, results {huey.result_count()}")
sys.exit(0 if done() == ["first begins", "second begins", "second ends"] and huey.pending_count() == huey.scheduled_count() == 0 else 1)
PY
timeout 80 venv/bin/python killed.py
