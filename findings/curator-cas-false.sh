#!/usr/bin/env bash
# What one would guess: where `compareAndSet` of Curator's DistributedAtomicLong, or `trySetCount` of its SharedCount, says false, nothing
#   was changed (the documentation says so), and an `increment` that says it succeeded has added one.
# What happens: when the answer of ZooKeeper is lost, the retry policy that every client of Curator has sends the write again, its version
#   does not match any more, since it was done, and Curator takes that for a refusal: false, and the value is set. `increment` then
#   reads the new value and adds one more: it succeeded, and added two. Without retries both throw, as they should.
# Why a user of chaos meets it: under `partition`, `kill` and Toxiproxy a *fail* that took place convicts ZooKeeper of not being
#   linearizable, and a counter counts more than was added.
# Versions: Maven curator-recipes 5.9.0, ZooKeeper 3.8.0 (Debian 12), Java 17. 2026-11-30.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in java javac mvn python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven python3"; exit 4; }
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
ls jars | grep -E '^(curator-recipes|zookeeper-3)'
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
printf '%s\n' tickTime=1000 "dataDir=$folder/data" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >zoo.cfg
java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >server.log 2>&1 &
server=$!

cat >Counts.java <<'JAVA'
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.curator.RetryPolicy;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.retry.RetryNTimes;

public class Counts {
  /** Stands between the client and the server. Once armed, it closes the connection in place of the answer to the next write. */
  static class Wire {
    static final int SET_DATA = 5;
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    volatile boolean armed;
    int lost;

    Wire(int port) throws IOException {
      background(() -> {
        while (true) {
          var client = listener.accept();
          var server = new Socket("127.0.0.1", port);
          int[] losing = {0};
          background(() -> requests(client, server, losing), client, server);
          background(() -> answers(server, client, losing), client, server);
        }
      });
    }

    /** A packet is its length, then, but for the first, the number of the request, then its type. */
    void requests(Socket client, Socket server, int[] losing) throws IOException {
      var in = new DataInputStream(client.getInputStream());
      var out = new DataOutputStream(server.getOutputStream());
      for (boolean first = true; ; first = false) {
        var packet = in.readNBytes(in.readInt());
        if (!first && armed && ByteBuffer.wrap(packet).getInt(4) == SET_DATA) {
          armed = false;
          synchronized (losing) {
            losing[0] = ByteBuffer.wrap(packet).getInt(0);
          }
        }
        out.writeInt(packet.length);
        out.write(packet);
      }
    }

    void answers(Socket server, Socket client, int[] losing) throws IOException {
      var in = new DataInputStream(server.getInputStream());
      var out = new DataOutputStream(client.getOutputStream());
      for (boolean first = true; ; first = false) {
        var packet = in.readNBytes(in.readInt());
        synchronized (losing) {
          if (!first && losing[0] != 0 && ByteBuffer.wrap(packet).getInt(0) == losing[0]) {
            lost++;
            return;
          }
        }
        out.writeInt(packet.length);
        out.write(packet);
      }
    }

    interface Work {
      void run() throws IOException;
    }

    static void background(Work work, Socket... ends) {
      var thread = new Thread(() -> {
        try {
          work.run();
        } catch (IOException gone) {
          // The other end is told by the close below.
        }
        for (var each : ends) {
          try {
            each.close();
          } catch (IOException gone) {
            // It is closed all the same.
          }
        }
      });
      thread.setDaemon(true);
      thread.start();
    }
  }

  interface Attempt {
    String run() throws Exception;
  }

  /** What an operation says of itself whose first answer is lost. */
  static String losing(Wire wire, Attempt attempt) {
    wire.armed = true;
    try {
      return attempt.run();
    } catch (Exception error) {
      return "throws " + error.getClass().getSimpleName();
    }
  }

  static String said(AtomicValue<Long> value) {
    return value.succeeded() ? "succeeded, " + value.preValue() + " to " + value.postValue() : "false";
  }

  static String counts(int port, String name, RetryPolicy policy) throws Exception {
    var wire = new Wire(port);
    try (CuratorFramework client = CuratorFrameworkFactory.newClient("127.0.0.1:" + wire.listener.getLocalPort(), 15_000, 5_000, policy);
        // What is there is read by a client of its own.
        CuratorFramework reader = CuratorFrameworkFactory.newClient("127.0.0.1:" + port, 15_000, 5_000, new ExponentialBackoffRetry(100, 5))) {
      client.start();
      reader.start();
      client.blockUntilConnected();
      var counter = new DistributedAtomicLong(client, "/counter-" + name, new ExponentialBackoffRetry(50, 3));
      var truth = new DistributedAtomicLong(reader, "/counter-" + name, new ExponentialBackoffRetry(50, 3));
      truth.initialize(0L);
      var increment = "increment of 0 " + losing(wire, () -> said(counter.increment())) + ", there is " + truth.get().postValue();
      truth.forceSet(0L);
      client.blockUntilConnected();
      var cas = "compareAndSet from 0 to 5 " + losing(wire, () -> said(counter.compareAndSet(0L, 5L))) + ", there is " + truth.get().postValue();
      client.blockUntilConnected();
      String shared;
      try (var count = new SharedCount(client, "/shared-" + name, 0)) {
        count.start();
        shared = "trySetCount from 0 to 5 " + losing(wire, () -> "" + count.trySetCount(count.getVersionedValue(), 5))
          + ", there is " + ByteBuffer.wrap(reader.getData().forPath("/shared-" + name)).getInt();
      }
      System.out.println(name + ", " + wire.lost + " answers lost: " + increment + "; " + cas + "; " + shared);
      return wire.lost + " " + increment + "; " + cas + "; " + shared;
    }
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    var retried = counts(port, "ExponentialBackoffRetry", new ExponentialBackoffRetry(200, 5));
    var once = counts(port, "no-retry", new RetryNTimes(0, 0));
    System.exit(retried.equals("3 increment of 0 succeeded, 1 to 2, there is 2; compareAndSet from 0 to 5 false, there is 5;"
        + " trySetCount from 0 to 5 false, there is 5")
      && once.equals("3 increment of 0 throws ConnectionLossException, there is 1; compareAndSet from 0 to 5 throws ConnectionLossException,"
        + " there is 5; trySetCount from 0 to 5 throws ConnectionLossException, there is 5") ? 0 : 1);
  }
}
JAVA
javac -cp "jars/*" Counts.java
timeout 90 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Counts "$port" 2>counts.log || { code=$?; tail -3 counts.log; exit $code; }
