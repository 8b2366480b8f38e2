#!/usr/bin/env bash
# What one would guess: a cron job of arq with `unique=True`, which it has by default and which is there for several workers, runs once at each
#   of its times: its identifier is made of its name and the time, and Redis takes an identifier once.
# What happens: a worker that stood still for a second around the time puts the job, which another one has done, into the queue anew when it goes on.
#   Nobody runs it at first, since a mark "in progress" is kept for a minute; when that is gone, one minute after the time, it runs again. The
#   identifier does not help: with the result, which is not kept of cron jobs, it is forgotten. With `keep_result=600` the job runs once.
# Why a user of chaos meets it: under `pause` of one of two workers what must happen once a night happens twice, a minute apart and long after the
#   fault: a payment is made twice without an error. Who watches for less than a minute sees nothing.
# Versions: redis-server 7.0.15 (Debian 12), PyPI arq 0.28.0, redis 5.3.1, Python 3.11. 2026-11-30.
set -euo pipefail

for need in redis-server python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install arq==0.28.0 redis==5.3.1
redis-server --version | cut -d' ' -f1-3
export PORT
PORT=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --port "$PORT" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >work.py <<'PY'
import os
from datetime import datetime
from arq import cron
from arq.connections import RedisSettings

async def pay(_context):
    with open("done.txt", "a") as file:
        file.write(f"{os.environ['KIND']} {datetime.now():%H:%M:%S}\n")

async def ready(_context):
    open(f"ready.{os.getpid()}", "w").close()

class WorkerSettings:
    # A database each: queues of one database share the identifiers of jobs.
    redis_settings = RedisSettings(port=int(os.environ["PORT"]), database=int(os.environ["DATABASE"]))
    on_startup = ready
    # Once, at the second that the script has chosen.
    cron_jobs = [cron(pay, unique=True, hour=int(os.environ["HOUR"]), minute=int(os.environ["MINUTE"]), second=int(os.environ["SECOND"]),
                      **({"keep_result": 600} if os.environ["KIND"] == "kept" else {}))]
PY
cat >twice.py <<'PY'
import os, signal, subprocess, sys, time
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

print("arq", version("arq"), flush=True)
def now():
    return datetime.now(timezone.utc)

# Workers that have only begun by then skip the time: as late as they need to start, and with some room.
due = (now() + timedelta(seconds=20)).replace(microsecond=0)
workers = []

kinds = ("default", "kept", "alone")

def worker(kind):
    process = subprocess.Popen(["venv/bin/arq", "work.WorkerSettings"], stdout=subprocess.DEVNULL, stderr=open(f"{kind}.log", "a"),
                               env={**os.environ, "KIND": kind, "DATABASE": str(kinds.index(kind)), "PYTHONPATH": ".", "TZ": "UTC",
                                    "HOUR": str(due.hour), "MINUTE": str(due.minute), "SECOND": str(due.second)})
    workers.append(process)
    return process

def lines(kind):
    return [line for line in (open("done.txt").read().splitlines() if os.path.exists("done.txt") else []) if line.startswith(kind)]

try:
    paused = []
    for kind in kinds:
        worker(kind)
        if kind != "alone":
            paused.append(worker(kind))
    # Every worker has to be at work well before the time, and to have looked at its clock.
    while not all(os.path.exists(f"ready.{process.pid}") for process in workers):
        assert now() < due - timedelta(seconds=4), "the workers took too long to start"
        time.sleep(0.05)
    time.sleep((due - now()).total_seconds() - 2)
    for process in paused:
        os.kill(process.pid, signal.SIGSTOP)
    time.sleep((due - now()).total_seconds())
    while not all(lines(kind) for kind in kinds):
        assert now() < due + timedelta(seconds=20), "never"
        time.sleep(0.05)
    # The end of the job is written to Redis a moment after its work.
    time.sleep(1)
    for process in paused:
        os.kill(process.pid, signal.SIGCONT)
    time.sleep(3)
    early = len(lines("default"))
    time.sleep(63)
    counts = {kind: len(lines(kind)) for kind in kinds}
finally:
    for process in workers:
        process.kill()
        process.wait()
print(f"due once at {due:%H:%M:%S}; one worker: ran {counts['alone']} times; with keep_result=600: {counts['kept']} times")
print(f"two workers, one of them paused around that time: {early} times when it goes on, {counts['default']} times a minute later: {', '.join(lines('default'))}")
sys.exit(0 if counts == {"default": 2, "kept": 1, "alone": 1} and early == 1 else 1)
PY
timeout 115 venv/bin/python twice.py
