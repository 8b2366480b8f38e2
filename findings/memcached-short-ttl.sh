#!/usr/bin/env bash
# What one would guess: an item of memcached with a time to live of 1 s is there for about a second, or up to a second longer, as a clock
#   that counts whole seconds would have it if it rounded up.
# What happens: it is there until the server's clock next counts a second: anything between nothing and 1 s, 0.5 s on average. A
#   time to live of n is at most n seconds and at least n - 1.
# Why a user of chaos meets it: a lock or a lease made with `add` and 1 s is free again within a fifth of it in one case of five, two holders
#   without any fault; a checker that takes the time to live as a lower bound convicts memcached.
# Versions: memcached 1.6.18 (Debian 12), PyPI pymemcache 4.0.0, Python 3.11. 2026-11-29.
set -euo pipefail

for need in memcached python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install memcached python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install pymemcache==4.0.0
memcached --version
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
memcached -l 127.0.0.1 -p "$port" -U 0 -u nobody >server.log 2>&1 &
server=$!

cat >ttl.py <<'PY'
import sys, time
from importlib.metadata import version
from pymemcache.client.base import Client
from pymemcache.client.retrying import RetryingClient

print("pymemcache", version("pymemcache"))
client = RetryingClient(Client(("127.0.0.1", int(sys.argv[1])), default_noreply=False), attempts=30, retry_delay=0.2, retry_for=[ConnectionError])
client.version()
client = client._client
lived = {1: [], 3: []}
for ttl in lived:
    for wait in (0, 0.2, 0.4, 0.6, 0.8):
        # An end is when the server's clock counts; the next item begins so long after it.
        time.sleep(wait)
        start = time.monotonic()
        client.set("key", "held", expire=ttl)
        while client.get("key") is not None:
            time.sleep(0.01)
        lived[ttl].append(time.monotonic() - start)
    print(f"time to live {ttl} s: there for {', '.join(f'{each:.2f}' for each in lived[ttl])} s")
# A busy machine may see the end late; it cannot see it early.
sys.exit(0 if min(lived[1]) < 0.7 and min(lived[3]) < 2.7 else 1)
PY
timeout 90 venv/bin/python ttl.py "$port"
