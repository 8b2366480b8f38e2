#!/usr/bin/env bash
# What one would guess: `incr` of redis-py, without any option, counts one, or ends in an error when the answer is lost.
# What happens: a new client sends a command up to eleven times, silently: with one lost answer `incr` returns 2, with nine 10. The same
#   for `lpush` and `rpush`: an element that was added once is in the list twice. `Retry(NoBackoff(), 0)` turns it off.
# Why a user of chaos meets it: under cuts a counter ends higher than what was added and a queue holds elements twice, with every
#   operation recorded as *ok* and no error anywhere; Redis is convicted of it.
# Versions: redis-server 7.0.15 (Debian 12), PyPI redis 8.1.0, Python 3.11. 2026-11-29.
set -euo pipefail

for need in redis-server python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server python3-venv"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install redis==8.1.0
redis-server --version | cut -d' ' -f1-3
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >again.py <<'PY'
import socket, sys, threading
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

port = int(sys.argv[1])
print("redis-py", redis.__version__)

class Link:
    """Carries bytes to the server; the answers to so many requests that hold a word are not delivered, their connection is cut."""
    def __init__(self):
        self.word, self.left = b"", 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            asked = threading.Event()
            threading.Thread(target=self.carry, args=(client, server, asked, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(server, client, asked, False), daemon=True).start()

    def carry(self, source, drain, asked, request):
        try:
            while data := source.recv(65536):
                if request and self.left > 0 and self.word in data:
                    asked.set()
                if not request and asked.is_set():
                    self.left -= 1
                    break
                drain.sendall(data)
        except OSError:
            pass
        for end in (source, drain):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

link = Link()
direct = redis.Redis(port=port, retry=Retry(NoBackoff(), 30))
direct.ping()
def lose(answers, word, do, **options):
    client = redis.Redis(port=link.port, **options)
    client.ping()
    link.word, link.left = word, answers
    try:
        return do(client)
    except redis.ConnectionError as error:
        return type(error).__name__
    finally:
        link.left = 0
one = lose(1, b"INCR", lambda client: client.incr("one"))
nine = lose(9, b"INCR", lambda client: client.incr("nine"))
push = lose(1, b"RPUSH", lambda client: client.rpush("list", "element"))
off = lose(1, b"INCR", lambda client: client.incr("off"), retry=Retry(NoBackoff(), 0))
print("one answer lost:   incr returns", one, "| the counter is", int(direct.get("one")))
print("nine answers lost: incr returns", nine, "| the counter is", int(direct.get("nine")))
print("one answer lost:   rpush returns", push, "| the list is", direct.lrange("list", 0, -1))
print("without retries:   incr ends in", off, "| the counter is", int(direct.get("off")))
sys.exit(0 if [one, nine, push, off] == [2, 10, 2, "ConnectionError"] else 1)
PY
timeout 60 venv/bin/python again.py "$port"
