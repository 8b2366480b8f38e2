#!/usr/bin/env bash
# What one would guess: a command that memcached refuses with an error changes nothing: the key keeps its old value.
# What happens: a `set` that is refused (here "object too large for cache") takes the old value away. `replace`, `append`, `prepend`, `add`
#   and `cas` of the same size are refused with the same words and leave it.
# Why a user of chaos meets it: a write recorded as *fail* is certain not to have happened, and yet the next read misses a value that was
#   acknowledged: memcached, or the store behind it, is convicted of losing it.
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

cat >refused.py <<'PY'
import sys
from importlib.metadata import version
from pymemcache.client.base import Client
from pymemcache.client.retrying import RetryingClient

print("pymemcache", version("pymemcache"))
client = RetryingClient(Client(("127.0.0.1", int(sys.argv[1])), default_noreply=False), attempts=30, retry_delay=0.2, retry_for=[ConnectionError])
client.version()
client = client._client
large = "x" * 2_000_000
kept = {}
for name in ("set", "replace", "append", "prepend", "add", "cas"):
    client.set("key", "old")
    _, token = client.gets("key")
    try:
        said = getattr(client, name)("key", large, *([token] if name == "cas" else []))
    except Exception as error:
        said = error
    kept[name] = client.get("key")
    print(f"{name}: {said}, then get: {kept[name]}")
lost = [name for name, value in kept.items() if value is None]
sys.exit(0 if lost == ["set"] and all(value == b"old" for name, value in kept.items() if name != "set") else 1)
PY
timeout 30 venv/bin/python refused.py "$port"
