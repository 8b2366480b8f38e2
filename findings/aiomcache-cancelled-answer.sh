#!/usr/bin/env bash
# What one would guess: after a command of aiomcache that ran out of time (`asyncio.wait_for`), its connection is given up, as aiomysql, asyncmy
#   and redis-py do, or its answer is dropped: the next command gets its own answer.
# What happens: the connection goes back to the pool with the answer still to come, and the next command takes it for its own. An `add`
#   of a lock that somebody else holds returns True: it is the STORED of the `set` before. A `get` of a key that is there returns None.
# Why a user of chaos meets it: a deadline is what every client has, and slow links are what chaos makes. A service that locks by `add`
#   has two holders under `latency` or `pause`, and the lock checker convicts it, or memcached in its place.
# Versions: aiomcache 0.8.2, memcached 1.6.18 (Debian 12), Python 3.11. 2026-11-30.
set -euo pipefail

for need in memcached python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install memcached python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install aiomcache==0.8.2
memcached --version
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
memcached -l 127.0.0.1 -p "$port" -U 0 -u "$(id -un)" &
server=$!

cat >probe.py <<'PY'
import asyncio, sys
from importlib.metadata import version
import aiomcache

port = int(sys.argv[1])
print("aiomcache", version("aiomcache"))
open_link = asyncio.Event()

async def carry(source, drain, waits):
    while data := await source.read(65536):
        if waits:
            await open_link.wait()
        drain.write(data)

async def accept(reader, writer):
    """A link on which answers wait while it is slow."""
    from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
    asyncio.create_task(carry(reader, to_server, False))
    asyncio.create_task(carry(from_server, writer, True))

async def too_late(command):
    open_link.clear()
    try:
        await asyncio.wait_for(command, 0.3)
        return "in time"
    except asyncio.TimeoutError:
        return "too late"
    finally:
        open_link.set()

async def main():
    for _ in range(50):
        try:
            other = aiomcache.Client("127.0.0.1", port)
            await other.set(b"k", b"there")
            break
        except OSError:
            await asyncio.sleep(0.1)
    await other.add(b"lock", b"other")
    link = await asyncio.start_server(accept, "127.0.0.1", 0)
    open_link.set()
    client = aiomcache.Client("127.0.0.1", link.sockets[0].getsockname()[1], pool_size=1)
    await client.set(b"x", b"1")
    slow = await too_late(client.set(b"x", b"2"))
    locked = await client.add(b"lock", b"me")
    holder = await other.get(b"lock")
    print("a set was", slow, "| add of a lock that is held:", locked, "| its holder:", holder.decode())
    client = aiomcache.Client("127.0.0.1", link.sockets[0].getsockname()[1], pool_size=1)
    await client.get(b"x")
    slow = await too_late(client.get(b"x"))
    read = await client.get(b"k")
    print("a get was", slow, "| get of a key that is there:", read)
    sys.exit(0 if locked is True and holder == b"other" and read is None else 1)

asyncio.run(main())
PY
timeout 30 venv/bin/python probe.py "$port"
