#!/usr/bin/env bash
# What one would guess: the members of a `ReplicatedHashMap` of JGroups, on a reliable stack and with `setBlockingUpdates(true)`, have the same
#   map once nothing is written any more, and of two `putIfAbsent` of one key at most one returns null.
# What happens: each member applies updates in the order in which they come to it. Two members that put one key at once keep different values
#   for ever, without a fault: the map is replicated, not consistent. Both `putIfAbsent` return null, as for a lock that both have got.
#   With SEQUENCER in the stack, which orders messages, the members agree in the end.
# Why a user of chaos meets it: as a cache or register on several nodes it is convicted without any fault (*diverged*), as a lock at once.
# Versions: Maven org.jgroups:jgroups 5.3.10.Final, Java 17. 2026-11-30.
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
  <groupId>example</groupId>
  <artifactId>map</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.jgroups</groupId><artifactId>jgroups</artifactId><version>5.3.10.Final</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
python3 - jars/jgroups-5.3.10.Final.jar <<'PY'
import sys, zipfile
stack = zipfile.ZipFile(sys.argv[1]).read("tcp.xml").decode()
open("plain.xml", "w").write(stack)
open("ordered.xml", "w").write(stack.replace("<MFC ", "<SEQUENCER/>\n    <MFC ", 1))
PY

cat >Differs.java <<'JAVA'
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import org.jgroups.JChannel;
import org.jgroups.Version;
import org.jgroups.blocks.ReplicatedHashMap;

public class Differs {
  static final int KEYS = 500;

  interface Update { String of(ReplicatedHashMap<Integer, String> map, int key, String value); }

  static ReplicatedHashMap<Integer, String> join(String stack, String name) throws Exception {
    JChannel channel = new JChannel(stack).name(name);
    var map = new ReplicatedHashMap<Integer, String>(channel);
    channel.connect("example");
    map.start(5000);
    map.setBlockingUpdates(true);
    return map;
  }

  /** Both members update the same key at once, one key after the other; returns how many keys both found absent. */
  static int race(ReplicatedHashMap<Integer, String> a, ReplicatedHashMap<Integer, String> b, int from, Update update) throws Exception {
    var together = new CyclicBarrier(2);
    var before = new String[2][KEYS];
    var members = new Thread[2];
    for (int member = 0; member < 2; member++) {
      int me = member;
      members[me] = new Thread(() -> {
        try {
          for (int key = 0; key < KEYS; key++) {
            together.await();
            before[me][key] = update.of(me == 0 ? a : b, from + key, me == 0 ? "A" : "B");
          }
        } catch (Exception error) {
          throw new RuntimeException(error);
        }
      });
      members[me].start();
    }
    for (var member : members) member.join();
    int both = 0;
    for (int key = 0; key < KEYS; key++) if (before[0][key] == null && before[1][key] == null) both++;
    return both;
  }

  static int differ(ReplicatedHashMap<Integer, String> a, ReplicatedHashMap<Integer, String> b, int from) throws Exception {
    Thread.sleep(2000);
    int differ = 0;
    for (int key = from; key < from + KEYS; key++) if (!Objects.equals(a.get(key), b.get(key))) differ++;
    return differ;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println("JGroups " + Version.printVersion());
    int[] differ = new int[2], both = new int[2];
    String[] stacks = {"plain", "ordered"};
    for (int stack = 0; stack < 2; stack++) {
      var a = join(stacks[stack] + ".xml", "A");
      var b = join(stacks[stack] + ".xml", "B");
      System.out.println(stacks[stack] + " stack, members " + a.getChannel().getView());
      race(a, b, 0, ReplicatedHashMap::put);
      differ[stack] = differ(a, b, 0);
      both[stack] = race(a, b, KEYS, ReplicatedHashMap::putIfAbsent);
      System.out.println("  of " + KEYS + " keys that both put at once, " + differ[stack] + " differ 2 s later");
      System.out.println("  of " + KEYS + " putIfAbsent by both at once, " + both[stack] + " returned null to both");
      b.getChannel().close();
      a.getChannel().close();
    }
    System.exit(differ[0] > 0 && both[0] > 0 && differ[1] == 0 ? 0 : 1);
  }
}
JAVA
javac -cp 'jars/*' Differs.java
read -r one two < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "ab"]; print(*[x.getsockname()[1] for x in s])')
timeout 60 java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Djgroups.bind_addr=127.0.0.1 -Djgroups.bind_port="$one" -Djgroups.tcp.port_range=0 \
  "-Djgroups.tcpping.initial_hosts=127.0.0.1[$one],127.0.0.1[$two]" -cp 'jars/*:.' Differs 2>jgroups.log | grep -E '^(JGroups|plain|ordered|  of)'
exit "${PIPESTATUS[0]}"
