#!/usr/bin/env bash
# What one would guess: a `put` of an IMap of Hazelcast that ended well, with one synchronous backup, is on two members: it survives a kill of
#   either, or it ends in an error.
# What happens: after 5 s without the backup's answer the call ends well all the same, without a warning to the caller. While the other
#   member stands still for 10 s, 200 writes are acknowledged; when the first member is killed then and the other goes on, most of them
#   are gone. With `hazelcast.operation.fail.on.indeterminate.state` they throw IndeterminateOperationStateException instead.
# Why a user of chaos meets it: `pause` of one node and `kill` of another one lose what was acknowledged in between, which one synchronous
#   backup is there to prevent: the set and register checkers convict it as *lost-element* or stale read.
# Versions: Maven hazelcast 5.7.0, Java 17. 2026-11-30.
set -euo pipefail

for need in java javac mvn python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven python3"; exit 4; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>com.hazelcast</groupId><artifactId>hazelcast</artifactId><version>5.7.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
ls jars | grep -E '^hazelcast'
cat >Member.java <<'JAVA'
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.map.IMap;
import java.util.Scanner;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** A member of the cluster, asked line by line. */
public class Member {
  static boolean succeeded(CompletionStage<?> call) {
    try {
      call.toCompletableFuture().join();
      return true;
    } catch (CompletionException refused) {
      return false;
    }
  }

  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]), other = Integer.parseInt(args[1]);
    var config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false").setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.operation.fail.on.indeterminate.state", args[2]);
    var network = config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + port).addMember("127.0.0.1:" + other);
    var hazelcast = Hazelcast.newHazelcastInstance(config);
    IMap<Integer, byte[]> map = hazelcast.getMap("map");
    var partitions = hazelcast.getPartitionService();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> Runtime.getRuntime().halt(4));
    System.out.println("up");
    for (var lines = new Scanner(System.in); lines.hasNextLine(); ) {
      var words = lines.nextLine().split(" ");
      switch (words[0]) {
        case "members" -> System.out.println(hazelcast.getCluster().getMembers().size());
        // To ask for the size has the partitions assigned, if they are not.
        case "safe" -> System.out.println(map.size() == 0 && partitions.isClusterSafe());
        // 200 keys whose first copy is here, so that the other member has the backup.
        case "mine" -> System.out.println(String.join(" ", IntStream.range(0, 10_000)
          .filter((key) -> partitions.getPartition(key).getOwner().localMember()).limit(200).mapToObj(Integer::toString).toList()));
        case "put" -> {
          var calls = IntStream.range(1, words.length).mapToObj((i) -> map.putAsync(Integer.parseInt(words[i]), new byte[20_000])).toList();
          System.out.println(calls.stream().filter(Member::succeeded).count());
        }
        case "there" -> System.out.println(IntStream.range(1, words.length).filter((i) -> map.get(Integer.parseInt(words[i])) != null).count());
        default -> throw new IllegalArgumentException(words[0]);
      }
    }
  }
}
JAVA
javac -cp "jars/*" Member.java
cat >lose.py <<'PY'
import random, signal, socket, subprocess, sys, time

def free():
    "A port below those that the system gives to connections."
    while True:
        try:
            with socket.create_server(("127.0.0.1", random.randint(20000, 32000))) as server:
                return server.getsockname()[1]
        except OSError:
            pass

class Member:
    def __init__(self, port, other, strict):
        self.process = subprocess.Popen(["java", "-Xmx256m", "-XX:-UsePerfData", "-Djava.io.tmpdir=.", "-cp", "jars/*:.", "Member", str(port), str(other), strict],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def read(self):
        line = self.process.stdout.readline().strip()
        if not line:
            raise SystemExit("a member ended")
        return line

    def ask(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.read()

    def until(self, words, answer):
        for _ in range(300):
            if self.ask(words) == answer:
                return
            time.sleep(0.1)
        raise SystemExit(f"{words} was never {answer}")

def trial(strict):
    a, b = free(), free()
    members = [Member(a, b, strict), Member(b, a, strict)]
    try:
        first, second = members
        for each in members:
            each.read()
        for each in members:
            each.until("members", "2")
        first.until("safe", "true")
        keys = first.ask("mine")
        quiet = keys.split()[0]
        assert first.ask(f"put {quiet}") == "1" and second.ask(f"there {quiet}") == "1"
        rest = " ".join(keys.split()[1:])
        second.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        acknowledged = int(first.ask(f"put {rest}"))
        took = time.monotonic() - began
        first.process.kill()
        first.process.wait()
        second.process.send_signal(signal.SIGCONT)
        second.until("members", "1")
        there = int(second.ask(f"there {rest}"))
        print(f"fail.on.indeterminate.state {strict}: of {len(rest.split())} writes {acknowledged} acknowledged after {took:.0f} s; on the member that is left: {there}", flush=True)
        return acknowledged, there
    finally:
        for each in members:
            each.process.kill()
            each.process.wait()

acknowledged, there = trial("false")
strict, _ = trial("true")
sys.exit(0 if acknowledged == 199 and there < 150 and strict == 0 else 1)
PY
timeout 110 python3 lose.py
