#!/usr/bin/env bash
# What one would guess: of two producers of a stream of RabbitMQ with one name the second is refused, or both are stored: the name is there so
#   that a message that one producer sends again is stored once.
# What happens: the broker keeps the highest number for the name, whoever sent it. Two producers that count at the same time each have messages
#   whose numbers the other has used: these are confirmed, and in no stream. Without a name all of them are stored.
# Why a user of chaos meets it: workers that take the name of their service for the producer's lose what was acknowledged, without any fault:
#   the log and set checkers convict RabbitMQ of *lost-element*.
# Versions: rabbitmq-server 3.10.8 with rabbitmq_stream (Debian 12), PyPI rstream 1.1.1, Python 3.11. 2026-11-30.
set -euo pipefail

broker=/usr/lib/rabbitmq/bin/rabbitmq-server
[ -x $broker ] || { echo "RabbitMQ is not installed: apt-get install rabbitmq-server"; exit 4; }
command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
server=
epmd=
trap 'for pid in $server $epmd; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install rstream==1.1.1
read -r port stream distribution names < <(python3 -c 'import socket
print(*(s.getsockname()[1] for s in [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]))')
as=()
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups); chown rabbitmq "$folder"; }
printf '%s\n' "stream.listeners.tcp.1 = 127.0.0.1:$stream" "stream.advertised_host = 127.0.0.1" "stream.advertised_port = $stream" >none.conf
echo '[rabbitmq_stream].' >plugins
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

cat >name.py <<'PY'
import asyncio, sys
from importlib.metadata import version
from rstream import Consumer, ConsumerOffsetSpecification, OffsetType, Producer

print("rstream", version("rstream"))
where = dict(host="127.0.0.1", port=int(sys.argv[1]), username="guest", password="guest")

async def started(make):
    for _ in range(150):
        try:
            each = make(**where)
            await each.start()
            return each
        except (OSError, EOFError):
            await asyncio.sleep(0.4)
    raise SystemExit("the broker did not start")

async def both(stream, **name):
    """Two producers at the same time, five messages each; what was confirmed, and what is there."""
    one, two = await started(Producer), await started(Producer)
    await one.create_stream(stream)
    confirmed = []
    for i in range(5):
        for who, producer in (("a", one), ("b", two)):
            # It returns once the broker has confirmed the message, and raises if the broker refused it.
            await producer.send_wait(stream, f"{who}{i}".encode(), **name)
            confirmed.append(f"{who}{i}")
    await producer.send_wait(stream, b"end", publisher_name="another")
    there, ended = [], asyncio.Event()
    consumer = await started(Consumer)

    async def take(message, context):
        ended.set() if message == b"end" else there.append(bytes(message).decode())

    await consumer.subscribe(stream, callback=take, offset_specification=ConsumerOffsetSpecification(OffsetType.FIRST, None))
    running = asyncio.create_task(consumer.run())
    await asyncio.wait_for(ended.wait(), 10)
    await consumer.close()
    running.cancel()
    for each in (one, two):
        await each.close()
    print(f"{'one name' if name else 'no names'}: {len(confirmed)} confirmed, there are {' '.join(there)}, missing {' '.join(sorted(set(confirmed) - set(there))) or 'none'}")
    return len(confirmed), len(there)

async def main():
    named, unnamed = await both("named", publisher_name="service"), await both("unnamed")
    return named[0] == unnamed[0] == unnamed[1] == 10 and named[1] < 10

sys.exit(0 if asyncio.run(asyncio.wait_for(main(), 90)) else 1)
PY
timeout 120 venv/bin/python name.py "$stream" 2>name.log || { code=$?; tail -5 name.log; exit $code; }
grep -o 'RabbitMQ [0-9.]*' server.log | head -1
