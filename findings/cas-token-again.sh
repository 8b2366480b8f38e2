#!/usr/bin/env bash
# What one would guess: the token of a compare-and-set belongs to what was read: once the value was lost or deleted and somebody else has
#   written another, `cas` of memcached and `setData` of ZooKeeper with the old token are refused.
# What happens: memcached counts its tokens from 1 after every start: what was read before a kill as number 3 matches the third write after
#   it, and `cas` overwrites what its client never saw. A node of ZooKeeper that was deleted and made again counts its versions from 0
#   again, and so does a parent the sequence of its children: the same name is given twice. etcd's mod revision never comes again.
# Why a user of chaos meets it: a kill between the read and the write, or a "remove" among the operations, makes an *ok* of a cas from a
#   value that was not there: not linearizable, though each part keeps to its rules; a lock by sequence names gives one name to two.
# Versions: memcached 1.6.18, ZooKeeper 3.8.0 (Debian 12), PyPI pymemcache 4.0.0 and kazoo 2.11.0, Python 3.11. 2026-11-29.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in memcached java python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install memcached default-jre-headless python3-venv"; exit 4; }; done
folder=$(mktemp -d)
zookeeper=
memcached=
trap 'for pid in $zookeeper $memcached; do kill -9 "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install pymemcache==4.0.0 kazoo==2.11.0
free() { python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'; }
port=$(free)
printf '%s\n' tickTime=500 "dataDir=$folder/data" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >zoo.cfg
java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >server.log 2>&1 &
zookeeper=$!
java -cp $jars/zookeeper.jar org.apache.zookeeper.version.VersionInfoMain

cat >zookeeper.py <<'PY'
import sys
from importlib.metadata import version
from kazoo.client import KazooClient

print("kazoo", version("kazoo"), flush=True)
client = KazooClient(f"127.0.0.1:{sys.argv[1]}")
client.start(timeout=30)
client.create("/register", b"mine")
value, stat = client.get("/register")
client.delete("/register")
client.create("/register", b"somebody else's")
client.set("/register", b"my next", version=stat.version)
print(f"node: read {value} as version {stat.version}; deleted, made again by somebody; set by version {stat.version}: ok, now", client.get("/register")[0])
names = []
for _ in range(2):
    names.append(client.create("/ids/n-", sequence=True, makepath=True))
    client.delete("/ids", recursive=True)
print("names in sequence, the parent deleted in between:", names)
client.stop()
sys.exit(0 if names[0] == names[1] else 1)
PY
timeout 60 venv/bin/python zookeeper.py "$port"

cat >memcached.py <<'PY'
import sys
from pymemcache.client.base import Client

client = Client(("127.0.0.1", int(sys.argv[1])), default_noreply=False)
if len(sys.argv) == 2:
    for n in range(3):
        client.set("register", f"mine {n}")
    print("read:", client.gets("register"), file=sys.stderr)
    print(client.gets("register")[1].decode())
else:
    for n in range(3):
        client.set("register", f"somebody else's {n}")
    print("after kill and start, three writes of somebody else:", client.gets("register"))
    stored = client.cas("register", "my next", sys.argv[2].encode())
    print(f"cas with token {sys.argv[2]}:", stored, "| now", client.get("register"))
    sys.exit(0 if stored else 1)
PY
memcached -V
port=$(free)
as=()
[ "$(id -u)" != 0 ] || as=(-u nobody)
start() {
  memcached "${as[@]}" -l 127.0.0.1 -p "$port" -m 64 >>memcached.log 2>&1 &
  memcached=$!
  for _ in $(seq 100); do python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && return; sleep 0.05; done
}
start
token=$(timeout 10 venv/bin/python memcached.py "$port")
kill -9 "$memcached"
wait "$memcached" 2>wait.log || true
start
timeout 10 venv/bin/python memcached.py "$port" "$token"
