#!/usr/bin/env bash
# What one would guess: of two `InterProcessLock` of fasteners on one file one is refused, also where both are in one process, as with filelock and
#   portalocker; and a lock that says it is acquired keeps other processes out until it is released.
# What happens: it is a lock of fcntl, which belongs to the process: both are acquired, and the release of either, or reading the lock file, say to
#   tell who has it, lets another process in, while the lock says `acquired` still.
# Why a user of chaos meets it: a service that locks so, with workers that are threads, has two holders without any fault. filelock and portalocker
#   (flock) exclude in all three.
# Versions: PyPI fasteners 0.20, filelock 3.20.0, portalocker 3.2.0, Python 3.11, Linux. 2026-11-30.
set -euo pipefail

command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install fasteners==0.20 filelock==3.20.0 portalocker==3.2.0

cat >locks.py <<'PY'
import subprocess, sys
from importlib.metadata import version
import fasteners, filelock, portalocker

class Fasteners:
    def __init__(self, path): self.lock = fasteners.InterProcessLock(path)
    def take(self): return self.lock.acquire(blocking=False)
    def release(self): self.lock.release()
    def says(self): return self.lock.acquired

class FileLock:
    def __init__(self, path): self.lock = filelock.FileLock(path)
    def take(self):
        try:
            self.lock.acquire(blocking=False)
        except filelock.Timeout:
            return False
        return True
    def release(self): self.lock.release()
    def says(self): return self.lock.is_locked

class PortaLocker:
    def __init__(self, path): self.lock = portalocker.Lock(path, fail_when_locked=True)
    def take(self):
        try:
            self.lock.acquire()
        except portalocker.exceptions.LockException:
            return False
        return True
    def release(self): self.lock.release()
    def says(self): return self.lock.fh is not None

kinds = {"fasteners": Fasteners, "filelock": FileLock, "portalocker": PortaLocker}

if len(sys.argv) == 3:
    print(kinds[sys.argv[1]](sys.argv[2]).take())
    sys.exit()

def other_process(name, path):
    answer = subprocess.run([sys.executable, __file__, name, path], capture_output=True, text=True, timeout=20, check=True).stdout.strip()
    return answer == "True"

found = {}
for name, kind in kinds.items():
    holder, second = kind(f"{name}.lock"), kind(f"{name}.lock")
    got = holder.take()
    both = second.take()
    outside = other_process(name, f"{name}.lock")
    second.release()
    released = other_process(name, f"{name}.lock")
    says = holder.says()
    reader = kind(f"{name}.read.lock")
    reader.take()
    open(f"{name}.read.lock").close()
    read = other_process(name, f"{name}.read.lock")
    found[name] = got, both, outside, released, says, read, reader.says()
    print(f"{name} {version(name)}: first {got} | second in the same process {both} | another process {outside} | when the second has released: another process"
          f" {released}, the first says {says} | when its holder has read the file: another process {read}, the holder says {reader.says()}")
exclude = (True, False, False, False, True, False, True)
sys.exit(0 if found == {"fasteners": (True, True, False, True, True, True, True), "filelock": exclude, "portalocker": exclude} else 1)
PY
timeout 60 venv/bin/python locks.py
