#!/usr/bin/env bash
# What one would guess: `with client.transaction() as t:` of kazoo, ZooKeeper's multi, raises an exception when the transaction is refused.
# What happens: the block ends as if all were well and nothing was written. The errors are values of the list that `commit()` returns,
#   which the block throws away; a client that calls `commit()` itself must look for exceptions among its results.
#   And `Counter += 1` of the same library, an update by version, counts twice when one answer is lost: its retry reads its own update.
# Why a user of chaos meets it: a compare-and-set or a transfer written with the block is recorded as *ok* though it was refused, and
#   ZooKeeper is convicted of losing it; a counter workload with `Counter` finds more than was added under every cut.
# Versions: ZooKeeper 3.8.0 (Debian 12), kazoo 2.11.0 (PyPI), Python 3.11, Java 17. 2026-11-29.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in java python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jre-headless python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install kazoo==2.11.0
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
printf '%s\n' tickTime=500 "dataDir=$folder/data" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >zoo.cfg
java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >server.log 2>&1 &
server=$!

cat >probe.py <<'PY'
import os, socket, sys, threading, time
from importlib.metadata import version
from kazoo.client import KazooClient

port = int(sys.argv[1])
print("kazoo", version("kazoo"), flush=True)

class Link:
    """Carries bytes to the server; on demand cuts the connection instead of delivering the answer to one request of a type."""
    SET_DATA = 5

    def __init__(self):
        self.lose = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            state = {"asked": False}
            threading.Thread(target=self.carry, args=(client, server, state, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(server, client, state, False), daemon=True).start()

    def carry(self, source, drain, state, request):
        try:
            while data := source.recv(65536):
                # A request is its length, its number and its type.
                if request and self.lose is not None and int.from_bytes(data[8:12], "big") == self.lose:
                    state["asked"], self.lose = True, None
                if not request and state["asked"]:
                    break
                drain.sendall(data)
        except OSError:
            pass
        for end in (source, drain):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        break
    except OSError:
        time.sleep(0.2)
link = Link()
client = KazooClient(f"127.0.0.1:{link.port}", timeout=5)
client.start(timeout=40)
client.create("/there")
try:
    with client.transaction() as transaction:
        transaction.create("/new")
        transaction.check("/there", version=99)
    block = "no exception"
except Exception as error:
    block = type(error).__name__
made = client.exists("/new") is not None
print("the block of a refused transaction:", block, "| written:", made)
transaction = client.transaction()
transaction.create("/new")
transaction.check("/there", version=99)
results = [type(result).__name__ for result in transaction.commit()]
print("commit() of the same:", results)
counter = client.Counter("/counter")
counter += 1
link.lose = Link.SET_DATA
counter += 1
print("a counter that was increased twice, one answer lost:", counter.value, flush=True)
os._exit(0 if block == "no exception" and not made and len(results) == 2 and counter.value == 3 else 1)
PY
timeout 60 venv/bin/python probe.py "$port"
