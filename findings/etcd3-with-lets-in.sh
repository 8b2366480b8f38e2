#!/usr/bin/env bash
# What one would guess: the block of `with client.lock(name)` of etcd3, or `async with` of aetcd, both for Python, runs while this client
#   has the lock; where the lock cannot be had, the block waits, or an error is raised.
# What happens: the block waits for ten seconds, then runs without the lock, without a word: `acquire()` has a time limit of 10 s and
#   returns False, and the block does not look. Two clients are within, each lock being good for a minute. `acquire()` by hand tells.
# Why a user of chaos meets it: a holder that is paused, slow or cut off for ten seconds, with a lease far longer than that, lets all others in.
# Versions: etcd 3.4.23 (Debian 12), PyPI etcd3 0.12.0 (tenacity 6.3.1, protobuf 3.20.3), aetcd 1.0.0, Python 3.11. 2026-11-30.
set -euo pipefail

for need in etcd python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
# Each in a place of its own: they want different versions of protobuf.
python3 -m venv one
python3 -m venv two
one/bin/pip -q install etcd3==0.12.0 tenacity==6.3.1 protobuf==3.20.3
two/bin/pip -q install aetcd==1.0.0
etcd --version | sed -n 1p
read -r port peer < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "12"]; print(*(x.getsockname()[1] for x in s))')
export PORT=$port
etcd --data-dir data --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster "default=http://127.0.0.1:$peer" >server.log 2>&1 &
server=$!
timeout 20 python3 -c '
import socket, sys, time
while True:
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        break
    except OSError:
        time.sleep(0.05)' "$port"

cat >one.py <<'PY'
import os, sys, time
from importlib.metadata import version
import etcd3

first, second = (etcd3.client(port=int(os.environ["PORT"]), timeout=5) for _ in "12")
began = time.monotonic()
with first.lock("name", ttl=60) as one:
    with second.lock("name", ttl=60) as two:
        waited = time.monotonic() - began
        both = one.is_acquired(), two.is_acquired()
        by_hand = two.acquire(timeout=1)
print(f"etcd3 {version('etcd3')}: two clients within their blocks after {waited:.0f} s; have the lock: {both}; acquire() by hand: {by_hand}")
sys.exit(0 if both == (True, False) and by_hand is False and 9 <= waited < 20 else 1)
PY
cat >two.py <<'PY'
import asyncio, os, sys, time
from importlib.metadata import version
import aetcd

async def main():
    port = int(os.environ["PORT"])
    async with aetcd.Client(port=port, timeout=5) as first, aetcd.Client(port=port, timeout=5) as second:
        began = time.monotonic()
        async with first.lock(b"other", ttl=60) as one:
            async with second.lock(b"other", ttl=60) as two:
                waited = time.monotonic() - began
                both = await one.is_acquired(), await two.is_acquired()
                by_hand = await two.acquire(timeout=1)
    print(f"aetcd {version('aetcd')}: two clients within their blocks after {waited:.0f} s; have the lock: {both}; acquire() by hand: {by_hand}")
    return both == (True, False) and by_hand is False and 9 <= waited < 20

sys.exit(0 if asyncio.run(main()) else 1)
PY
timeout 40 one/bin/python one.py
timeout 40 two/bin/python two.py
