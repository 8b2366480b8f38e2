#!/usr/bin/env bash
# What one would guess: a lock of PySyncObj's `ReplLockManager`, agreed on by Raft and prolonged by a holder that is alive, stays with it
#   whatever the clock of another member says.
# What happens: each request carries the wall time of who makes it, and every member judges held locks by it. A member whose clock is ahead by
#   more than `autoUnlockTime` is given the lock at once, while its holder works and prolongs it. It need not even ask for that lock:
#   with each prolongation of its own, four in that time, it takes away all locks of the others, and a third member gets them.
# Why a user of chaos meets it: one clock that is put forward (`clock`) gives a lock two holders, with all members alive and connected.
# Versions: PyPI pysyncobj 0.3.17, Python 3.11. 2026-11-30.
set -euo pipefail

command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install pysyncobj==0.3.17

cat >member.py <<'PY'
import sys, time

me, others, ahead = sys.argv[1], sys.argv[2].split(","), float(sys.argv[3])
if ahead:
    true_time = time.time
    time.time = lambda: true_time() + ahead
from pysyncobj import SyncObj
from pysyncobj.batteries import ReplLockManager

locks = ReplLockManager(autoUnlockTime=10)
member = SyncObj(me, others, consumers=[locks])
while not member.isReady():
    time.sleep(0.05)
print("ready", flush=True)
for line in sys.stdin:
    command, name = line.split()
    print(locks.tryAcquire(name, sync=True, timeout=10) if command == "acquire" else locks.isAcquired(name), flush=True)
locks.destroy()
PY
cat >clocks.py <<'PY'
import socket, subprocess, sys, time
from importlib.metadata import version

print("pysyncobj", version("pysyncobj"))

def run(ahead):
    """One member has the lock, another one with its clock so many seconds ahead asks for it; the third asks for a second lock."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    names = [f"127.0.0.1:{s.getsockname()[1]}" for s in sockets]
    for s in sockets:
        s.close()
    members = [
        subprocess.Popen([sys.executable, "member.py", name, ",".join(n for n in names if n != name), str(ahead if i == 1 else 0)],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for i, name in enumerate(names)
    ]
    def ask(i, command):
        members[i].stdin.write(command + "\n")
        members[i].stdin.flush()
        return members[i].stdout.readline().strip()
    try:
        for member in members:
            assert member.stdout.readline() == "ready\n"
        got = [ask(0, "acquire one"), ask(0, "acquire two")]
        stolen = ask(1, "acquire one")
        time.sleep(6)
        third = ask(2, "acquire two")
        print(f"another clock {ahead} s ahead: the first acquires {got} | the other acquires the first lock: {stolen}"
              f" | 6 s later the third, with a right clock, acquires the second lock: {third}", flush=True)
        return got == ["True", "True"], stolen, third
    finally:
        for member in members:
            member.kill()
            member.wait()

seen = [run(0), run(20)]
sys.exit(0 if seen == [(True, "False", "False"), (True, "True", "True")] else 1)
PY
timeout 100 venv/bin/python clocks.py 2>clocks.log || { tail -3 clocks.log; exit 1; }
