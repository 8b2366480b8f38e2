#!/usr/bin/env bash
# What one would guess: when the session of kazoo's client has expired, its `Lock` is not acquired any more, and `release()`, or the end of
#   the `with` block around the work, says so.
# What happens: `is_acquired` stays True although another client has the lock, and `release()` returns True, as it does for a lock that was
#   held all the time. Only a listener for the state LOST hears of it.
# Why a user of chaos meets it: a pause or a cut longer than the session leaves two holders, and the one whose lock is gone is recorded as
#   having held it up to its release: the lock checker convicts ZooKeeper of what the recipe does not tell.
# Versions: ZooKeeper 3.8.0 (Debian 12), PyPI kazoo 2.11.0, Python 3.11. 2026-11-29.
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

cat >holder.py <<'PY'
import sys, time
from kazoo.client import KazooClient

client = KazooClient(f"127.0.0.1:{sys.argv[1]}", timeout=2)
client.start(timeout=20)
states = []
client.add_listener(lambda state: states.append(str(state)))
lock = client.Lock("/lock", "first")
lock.acquire()
print("has it", flush=True)
sys.stdin.readline()
# Paused here for longer than its session lives; what follows is done when it goes on.
while "LOST" not in states or client.state != "CONNECTED":
    time.sleep(0.05)
acquired = lock.is_acquired
try:
    released = lock.release()
except Exception as error:
    released = type(error).__name__
print(acquired, released, ",".join(client.Lock("/lock").contenders()), ",".join(states), flush=True)
client.stop()
PY
cat >expire.py <<'PY'
import signal, subprocess, sys, time
from importlib.metadata import version
from kazoo.client import KazooClient

print("kazoo", version("kazoo"), flush=True)
first = subprocess.Popen([sys.executable, "holder.py", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
assert first.stdout.readline() == "has it\n"
other = KazooClient(f"127.0.0.1:{sys.argv[1]}", timeout=2)
other.start(timeout=20)
first.send_signal(signal.SIGSTOP)
second = other.Lock("/lock", "second")
got = second.acquire(timeout=15)
first.stdin.write("go on\n")
first.stdin.flush()
first.send_signal(signal.SIGCONT)
acquired, released, holder, states = first.stdout.readline().split()
print(f"the second gets the lock: {got} | the first goes on, and is told: {states}")
print(f"the first: is_acquired {acquired} | release() {released} | after that the lock is with: {holder}")
second.release()
other.stop()
sys.exit(0 if got and (acquired, released, holder) == ("True", "True", "second") else 1)
PY
timeout 50 venv/bin/python expire.py "$port" 2>expire.log || { tail -3 expire.log; exit 1; }
