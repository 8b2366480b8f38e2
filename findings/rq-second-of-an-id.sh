#!/usr/bin/env bash
# What one would guess: `enqueue` of RQ with the `job_id` of a job that still waits is refused, or leaves the job as it is, since an id is
#   given to keep a retry from adding twice.
# What happens: the id is in the queue twice, and the second one's data is put over the first one's: the second is done twice, the first never.
#   Both calls return a job, each with its own arguments. BullMQ leaves the first as it is (bullmq-add-of-used-id.sh).
# Why a user of chaos meets it: an id that names the thing to do ("account 7"), not the request, loses one acknowledged element and delivers
#   another twice; a retry after a lost answer does the job twice, though the id was to prevent just that. `unique=True` has it refused.
# Versions: PyPI rq 3.0.0 and redis 8.1.0, Redis 7.0.15 (Debian 12), Python 3.11. 2026-11-29.
set -euo pipefail

for need in redis-server redis-cli python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server redis-tools python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install rq==3.0.0 redis==8.1.0
redis-server --version | cut -d' ' -f1-3
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log &
server=$!
for _ in $(seq 100); do redis-cli -p "$port" ping >/dev/null 2>&1 && break; sleep 0.05; done

cat >work.py <<'PY'
import os
import redis

def done(element):
    redis.Redis(port=int(os.environ["PORT"])).rpush("done", element)
PY
cat >second.py <<'PY'
import os, sys
import redis, rq, rq.exceptions
from importlib.metadata import version
from work import done

print("rq", version("rq"), "| redis", version("redis"))
connection = redis.Redis(port=int(os.environ["PORT"]))
queue = rq.Queue(connection=connection)
jobs = [queue.enqueue(done, element, job_id="account-7") for element in ("first", "second")]
print("enqueued:", [job.args for job in jobs], "| in the queue:", queue.job_ids)
rq.SimpleWorker([queue], connection=connection).work(burst=True, logging_level="ERROR")
seen = [element.decode() for element in connection.lrange("done", 0, -1)]
print("done:", seen)
refused = []
for element in ("third", "fourth"):
    try:
        queue.enqueue(done, element, job_id="account-8", unique=True)
        refused.append(False)
    except rq.exceptions.DuplicateJobError:
        refused.append(True)
print("with unique=True, refused:", refused)
sys.exit(0 if seen == ["second", "second"] and refused == [False, True] else 1)
PY
PORT=$port timeout 30 venv/bin/python second.py
