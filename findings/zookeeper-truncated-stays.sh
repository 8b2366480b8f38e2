#!/usr/bin/env bash
# What one would guess: what a leader of ZooKeeper had logged alone, and no majority ever heard of, is gone once that server follows again:
#   it is told to truncate its log.
# What happens: its log is truncated and its data is not. Elected in between by a server that then could not reach it, it had taken a
#   snapshot, with those writes in it; after the truncation it loads that snapshot. The node that nobody acknowledged stays on that one
#   server for ever, also after `sync`; its own digests tell, in the log, and it goes on serving.
# Why a user of chaos meets it: `chaos run zookeeper -w set` under partition, kill and pause: *diverged* and *lost-element*, rightly.
# Versions: ZooKeeper 3.8.0 (Debian 12) and 3.9.5 (Maven Central), PyPI kazoo 2.11.0, Java 17, Python 3.11. 2026-11-30.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in java mvn python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jre-headless maven python3-venv"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install kazoo==2.11.0
needs=
for need in org.apache.zookeeper:zookeeper:3.9.5 org.slf4j:slf4j-simple:2.0.13 io.dropwizard.metrics:metrics-core:4.1.12.1 org.xerial.snappy:snappy-java:1.1.10.5; do
  IFS=: read -r group name version <<<"$need"
  needs+="<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
done
cat >pom.xml <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>$needs</dependencies></project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >mvn.log 2>&1 || { tail -5 mvn.log; exit 4; }

cat >ghost.py <<'PY'
import os, signal, socket, subprocess, sys, time
from kazoo.client import KazooClient

folder, classpath = sys.argv[1], sys.argv[2]
ALL = (1, 2, 3)


def free(count):
    """Ports on which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return found


numbers = iter(free(10))
ports = {sid: {use: next(numbers) for use in ("client", "quorum", "election")} for sid in ALL}
nowhere = next(numbers)
running = {}


def start(sid, cut_off_from=None):
    """`cut_off_from`: whose quorum port this server is told wrongly; elections go on."""
    home = f"{folder}/{sid}"
    os.makedirs(f"{home}/data", exist_ok=True)
    with open(f"{home}/data/myid", "w") as file:
        file.write(str(sid))
    quorum = {each: nowhere if each == cut_off_from else ports[each]["quorum"] for each in ALL}
    lines = [
        *("tickTime=500", "initLimit=6", "syncLimit=4", "admin.enableServer=false", "4lw.commands.whitelist=srvr"),
        *(f"dataDir={home}/data", f"clientPort={ports[sid]['client']}", "clientPortAddress=127.0.0.1"),
        *(f"server.{each}=127.0.0.1:{quorum[each]}:{ports[each]['election']}" for each in ALL),
    ]
    with open(f"{home}/zoo.cfg", "w") as file:
        file.write("\n".join(lines) + "\n")
    command = ["java", "-Xmx128m", "-XX:-UsePerfData", f"-Djava.io.tmpdir={home}", "-cp", classpath]
    command += ["org.apache.zookeeper.server.quorum.QuorumPeerMain", f"{home}/zoo.cfg"]
    with open(f"{home}/log", "a") as log:
        running[sid] = subprocess.Popen(command, stdout=log, stderr=log)


def stop(sid):
    process = running.pop(sid)
    process.kill()
    process.wait()


def logged(sid, text):
    with open(f"{folder}/{sid}/log") as log:
        return text in log.read()


def said(sid):
    """What `srvr` says; empty while it serves nobody."""
    try:
        with socket.create_connection(("127.0.0.1", ports[sid]["client"]), 1) as peer:
            peer.settimeout(2)
            peer.sendall(b"srvr")
            answer = b""
            while chunk := peer.recv(4096):
                answer += chunk
    except OSError:
        return {}
    return dict(line.split(": ", 1) for line in answer.decode().splitlines() if ": " in line)


def until(what, condition):
    end = time.monotonic() + 60
    while not (value := condition()):
        if time.monotonic() > end:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.05)
    return value


def leader(among):
    modes = {sid: said(sid).get("Mode") for sid in among}
    return all(modes.values()) and next((sid for sid, mode in modes.items() if mode == "leader"), None)


def client(sid):
    each = KazooClient(f"127.0.0.1:{ports[sid]['client']}", timeout=10)
    each.start(timeout=30)
    return each


def leave(each):
    each.stop()
    each.close()


try:
    for sid in ALL:
        start(sid)
    old = until("a leader", lambda: leader(ALL))
    others = [sid for sid in ALL if sid != old]
    writer = client(old)
    writer.create("/agreed")
    for sid in others:
        running[sid].send_signal(signal.SIGSTOP)
    answer = writer.create_async("/ghost")
    until("the leader to step down", lambda: not said(old))
    for sid in others:
        stop(sid)
    try:
        answer.get(timeout=1)
        raise SystemExit("the create was acknowledged")
    except Exception as error:
        print("  create /ghost, its followers frozen:", type(error).__name__)
    leave(writer)
    start(others[0], cut_off_from=old)
    until("an election that leads to nothing", lambda: logged(old, "waiting for epoch from quorum"))
    for sid in (others[0], old):
        stop(sid)
    for sid in others:
        start(sid)
    new = until("another leader", lambda: leader(others))
    start(old)
    until("the old leader to follow", lambda: said(old).get("Mode") == "follower")
    writer = client(new)
    writer.create("/later")
    seen = {}
    for sid in ALL:
        reader = client(sid)
        reader.sync("/")
        seen[sid] = sorted(set(reader.get_children("/")) - {"zookeeper"})
        leave(reader)
        print(f"  server {sid}, {said(sid).get('Mode')}{', who led before' if sid == old else ''}: {seen[sid]}")
    leave(writer)
    told = logged(old, "Truncating log"), logged(old, "igest mismatch")
    print("  it was told to truncate its log:", told[0], "| its digests do not match:", told[1])
finally:
    for sid in list(running):
        stop(sid)
clean = ["agreed", "later"]
expected = {**{sid: clean for sid in others}, old: ["agreed", "ghost", "later"]}
raise SystemExit(0 if seen == expected and told == (True, True) else 1)
PY
changed=0
try_version() {
  echo "ZooKeeper $1"
  mkdir "$1"
  timeout 200 venv/bin/python ghost.py "$folder/$1" "$2" 2>kazoo.log || { tail -3 kazoo.log; changed=1; }
}
try_version 3.8.0 "$jars/zookeeper.jar:$jars/slf4j-simple.jar"
try_version 3.9.5 "$folder/lib/*"
exit $changed
