#!/usr/bin/env bash
# What one would guess: where the answer to taking an element from a queue in ZooKeeper is lost, the queues of kazoo and Curator return the
#   element or raise; nothing vanishes with nobody told.
# What happens: to take is to delete the element's node. Both libraries send the deletion again, are told that there is no such node, and take
#   that for somebody else's success: they go on to the next element, without a word. The one whose answer was lost is given to nobody.
#   Without retries Curator throws. LockingQueue of kazoo raises when `consume()` loses its answer, and returns the consumed element for ever.
# Why a user of chaos meets it: under `partition`, `kill` and Toxiproxy the queue checker finds *lost-element* and convicts ZooKeeper.
# Versions: PyPI kazoo 2.11.0, Maven curator-recipes 5.9.0, ZooKeeper 3.8.0 (Debian 12), Python 3.11, Java 17. 2026-11-30.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in java javac mvn python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven python3-venv"; exit 4; }
done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.curator</groupId><artifactId>curator-recipes</artifactId><version>5.9.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
python3 -m venv venv
venv/bin/pip -q install kazoo==2.11.0
ls jars | grep -E '^(curator-recipes|zookeeper-3)'
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
printf '%s\n' tickTime=1000 "dataDir=$folder/data" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >zoo.cfg
java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >server.log 2>&1 &
server=$!

cat >Take.java <<'JAVA'
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.retry.RetryNTimes;

public class Take {
  /** Takes until nothing is left, and says what it got. */
  public static void main(String[] args) throws Exception {
    var retry = new RetryNTimes(Integer.parseInt(args[2]), 200);
    try (var client = CuratorFrameworkFactory.newClient("127.0.0.1:" + args[0], 15_000, 5_000, retry)) {
      client.start();
      client.blockUntilConnected();
      var queue = new SimpleDistributedQueue(client, args[1]);
      for (byte[] one = {}; one != null; ) {
        try {
          if ((one = queue.poll()) != null) System.out.print(new String(one) + " ");
        } catch (Exception error) {
          System.out.print(error.getClass().getSimpleName() + " ");
          client.blockUntilConnected();
        }
      }
    }
  }
}
JAVA
javac -cp "jars/*" Take.java

cat >take.py <<'PY'
import logging, socket, struct, subprocess, sys, threading
from importlib.metadata import version
from kazoo.client import KazooClient

logging.disable(logging.CRITICAL)
print("kazoo", version("kazoo"))
PORT = int(sys.argv[1])
DELETE, TRANSACTION = 2, 14

class Wire:
    """Stands between a client and the server, and closes the connection in place of the answer to the first deletion, or transaction."""

    def __init__(self, kind):
        self.kind, self.losing, self.lost, self.tried = kind, None, 0, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", PORT))
            for source, end, look in ((client, server, self.request), (server, client, self.answer)):
                threading.Thread(target=self.pass_on, args=(source, end, look), daemon=True).start()

    def pass_on(self, source, end, look):
        # A packet is its length, then, but for the first of a connection, the number of the request, then the type of a request.
        stream, first = source.makefile("rb"), True
        try:
            while (length := stream.read(4)) and len(length) == 4:
                packet = stream.read(struct.unpack(">i", length)[0])
                if not first and look(packet):
                    break
                first = False
                end.sendall(length + packet)
        except OSError:
            pass
        for each in (source, end):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def request(self, packet):
        number, kind = struct.unpack(">ii", packet[:8])
        if kind == self.kind and not self.tried:
            self.tried, self.losing = True, number

    def answer(self, packet):
        if self.losing is not None and struct.unpack(">i", packet[:4])[0] == self.losing:
            self.losing = None
            self.lost += 1
            return True

def attempt(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__

direct = KazooClient(f"127.0.0.1:{PORT}")
direct.start(timeout=30)

def fill(make, path):
    queue = make(path)
    for one in (b"m0", b"m1", b"m2"):
        queue.put(one)

fill(direct.Queue, "/kazoo")
wire = Wire(DELETE)
client = KazooClient(f"127.0.0.1:{wire.port}")
client.start(timeout=30)
queue = client.Queue("/kazoo")
simple = [one.decode() for one in iter(queue.get, None)], direct.get_children("/kazoo"), wire.lost
print("kazoo Queue, one answer lost:", *simple[0], "| left:", len(simple[1]))
client.stop()

fill(direct.LockingQueue, "/locking")
wire = Wire(TRANSACTION)
client = KazooClient(f"127.0.0.1:{wire.port}")
client.start(timeout=30)
queue = client.LockingQueue("/locking")
steps = []
for _ in range(3):
    steps += [attempt(lambda: queue.get(timeout=5).decode()), attempt(queue.consume)]
locking = steps, len(direct.get_children("/locking/entries")), wire.lost
print("kazoo LockingQueue, get and consume, one answer lost:", *steps, "| left:", locking[1])
client.stop()

def curator(path, retries):
    # SimpleDistributedQueue of Curator names and fills its nodes as kazoo's Queue cannot; a node with a text is all that it wants.
    for number, one in enumerate((b"m0", b"m1", b"m2")):
        direct.create(f"{path}/qn-{number:010}", one, makepath=True)
    wire = Wire(DELETE)
    said = subprocess.run(["java", "-XX:-UsePerfData", "-cp", "jars/*:.", "Take", str(wire.port), path, str(retries)],
        capture_output=True, text=True, timeout=60).stdout.split()
    print(f"Curator SimpleDistributedQueue, {retries} retries, one answer lost:", *said, "| left:", len(direct.get_children(path)))
    return said, wire.lost

retried, once = curator("/retried", 3), curator("/once", 0)
direct.stop()
fits = (simple == (["m1", "m2"], [], 1) and locking == (["m0", "ConnectionLoss", "m0", "NoNodeError", "m0", "NoNodeError"], 2, 1)
    and retried == (["m1", "m2"], 1) and once == (["ConnectionLossException", "m1", "m2"], 1))
sys.exit(0 if fits else 1)
PY
timeout 120 venv/bin/python take.py "$port"
