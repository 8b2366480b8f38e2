#!/usr/bin/env bash
# What one would guess: an increment that PySyncObj, an implementation of Raft, has acknowledged on a majority survives the restart of one
#   node and, later, of another.
# What happens: with its default settings a node keeps log, term and vote in memory only and comes back empty, with all the rights of a
#   member: it makes a majority with one that was away, and the two of them have nothing of what was acknowledged.
# Why a user of chaos meets it: `kill`, one node at a time, never a majority, convicts it of lost writes; `journalFile` is what helps.
# Versions: PyPI pysyncobj 0.3.17, Python 3.11. 2026-11-29.
set -euo pipefail

command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install pysyncobj==0.3.17

cat >restart.py <<'PY'
import os, socket, sys, time
from importlib.metadata import version
from pysyncobj import SyncObj, SyncObjConf
from pysyncobj.batteries import ReplCounter

print("pysyncobj", version("pysyncobj"), flush=True)
def addresses():
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    names = ["127.0.0.1:%d" % one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return names

def start(names, which, **settings):
    counter = ReplCounter()
    others = [name for name in names if name != names[which]]
    return SyncObj(names[which], others, consumers=[counter], conf=SyncObjConf(**settings)), counter

def ready(*nodes):
    until = time.monotonic() + 20
    while not all(node.isReady() and node._getLeader() for node, _ in nodes):
        assert time.monotonic() < until, "no leader within 20 s"
        time.sleep(0.05)

def trial(journal):
    names = addresses()
    settings = [{"journalFile": f"journal-{which}"} if journal else {} for which in range(3)]
    one, two = start(names, 0, **settings[0]), start(names, 1, **settings[1])
    ready(one, two)
    acknowledged = [one[1].inc(sync=True, timeout=5) for _ in range(3)]
    while two[1].get() != 3:
        time.sleep(0.05)
    two[0].destroy()
    time.sleep(1)
    two = start(names, 1, **settings[1])
    # The other one goes before it could tell the restarted one what it knows; with a journal there is nothing to be told.
    one[0].destroy()
    time.sleep(1)
    three = start(names, 2, **settings[2])
    ready(two, three)
    after = three[1].inc(sync=True, timeout=5)
    for node, _ in (two, three):
        node.destroy()
    return acknowledged, after

plain = trial(False)
journal = trial(True)
for name, (acknowledged, after) in (("default settings", plain), ("with journalFile", journal)):
    print(f"{name}: acknowledged {acknowledged} | one of three away, one restarted, one away, and one more: {after}", flush=True)
sys.stdout.flush()
os._exit(0 if plain == ([1, 2, 3], 1) and journal == ([1, 2, 3], 4) else 1)
PY
timeout 60 venv/bin/python restart.py
