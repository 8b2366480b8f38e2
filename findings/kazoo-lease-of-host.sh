#!/usr/bin/env bash
# What one would guess: of two clients of kazoo that take the same `NonBlockingLease` ("ensures that only one client at a time owns the lease"),
#   each with a session of its own, one is refused.
# What happens: on one machine both get it. Without an `identifier` a lease belongs to the name of the host, and whoever comes from there
#   renews it. It also outlives its holder's session, unlike everything else that a client of ZooKeeper holds: it ends by a client's clock.
# Why a user of chaos meets it: all processes of a run are on one machine, so they hold the lease together, and ZooKeeper is convicted of
#   it; so are workers that are several on a host, in production. With an identifier, a worker that was killed keeps the lease.
# Versions: ZooKeeper 3.8.0 (Debian 12), PyPI kazoo 2.11.0, Python 3.11. 2026-11-30.
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

cat >lease.py <<'PY'
import subprocess, sys, time
from datetime import timedelta
from importlib.metadata import version
from kazoo.client import KazooClient

def take(name):
    client = KazooClient(f"127.0.0.1:{sys.argv[1]}", timeout=2)
    client.start(timeout=20)
    lease = client.NonBlockingLease("/lease" if name == "-" else "/lease-of-named", timedelta(hours=1), identifier=None if name == "-" else name)
    print("has it" if lease else "is refused", hex(client.client_id[0]), flush=True)
    return client

if len(sys.argv) > 2:
    take(sys.argv[2])
    sys.stdin.readline()
    sys.exit()
print("kazoo", version("kazoo"), flush=True)
seen = []
for names in (["-", "-"], ["first", "second"]):
    workers = []
    for name in names:
        worker = subprocess.Popen([sys.executable, "lease.py", sys.argv[1], name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        workers.append(worker)
        answer, session = worker.stdout.readline().strip().rsplit(" ", 1)
        seen.append(answer)
        print(f"process {worker.pid}, session {session}, {'no identifier' if name == '-' else f'identifier {name!r}'}: {answer}", flush=True)
    for worker in workers:
        worker.kill()
        worker.wait()
time.sleep(4)
third = subprocess.run([sys.executable, "lease.py", sys.argv[1], "third"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.rsplit(" ", 1)[0]
print(f"4 s after all of them were killed, their sessions being 2 s long: a third {third}")
sys.exit(0 if seen == ["has it", "has it", "has it", "is refused"] and third == "is refused" else 1)
PY
timeout 60 venv/bin/python lease.py "$port" 2>lease.log || { tail -3 lease.log; exit 1; }
