#!/usr/bin/env bash
# What one would guess: `add` of pymemcache returns whether the key was added, as the command of memcached and other clients do, so that of
#   two clients one has the lock; and a `set` that the server refuses raises an error.
# What happens: without options pymemcache asks for no answer (`default_noreply`) and returns True: both have the lock, a value too large
#   is stored, and so is one whose server is paused. `incr` and `cas` wait for their answers.
# Why a user of chaos meets it: every `add`, `set`, `replace`, `append` and `delete` is recorded as *ok*, done or not: memcached is
#   convicted of two holders of a lock and of lost writes.
# Versions: memcached 1.6.18 (Debian 12), PyPI pymemcache 4.0.0 and pylibmc 1.6.3, Python 3.11. 2026-11-29.
set -euo pipefail

for need in memcached python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install memcached python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install pymemcache==4.0.0 pylibmc==1.6.3
memcached -V
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
as=()
[ "$(id -u)" != 0 ] || as=(-u nobody)
memcached "${as[@]}" -l 127.0.0.1 -p "$port" -m 64 >server.log 2>&1 &
server=$!

cat >add.py <<'PY'
import os, signal, socket, sys, time
from importlib.metadata import version
import pylibmc
from pymemcache.client.base import Client

port, server = int(sys.argv[1]), int(sys.argv[2])
print("pymemcache", version("pymemcache"), "| pylibmc", version("pylibmc"))
for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        break
    except ConnectionRefusedError:
        time.sleep(0.05)

def outcome(do):
    try:
        return do()
    except Exception as error:
        return type(error).__name__

def trial(name, connect):
    one, two = connect(), connect()
    lock = [outcome(lambda: client.add(f"lock-{name}", who)) for client, who in ((one, "one"), (two, "two"))]
    large = outcome(lambda: one.set(f"large-{name}", "x" * 2_000_000))
    there = outcome(lambda: one.get(f"large-{name}")) is not None
    missing = outcome(lambda: one.replace(f"missing-{name}", "x"))
    print(f"{name:22} add, add: {lock} | set of 2 MB: {large}, there: {there} | replace of a missing key: {missing}")
    return lock, large, there, missing

default = trial("pymemcache", lambda: Client(("127.0.0.1", port)))
waiting = trial("default_noreply=False", lambda: Client(("127.0.0.1", port), default_noreply=False))
trial("pylibmc", lambda: pylibmc.Client([f"127.0.0.1:{port}"]))
paused = Client(("127.0.0.1", port), timeout=1)
paused.get("anything")
os.kill(server, signal.SIGSTOP)
stored = outcome(lambda: paused.set("paused", "x"))
print("set with the server paused:", stored)
sys.exit(0 if default == ([True, True], True, False, True) and stored is True and waiting[0] == [True, False] and waiting[1] is not True else 1)
PY
timeout 30 venv/bin/python add.py "$port" "$server"
