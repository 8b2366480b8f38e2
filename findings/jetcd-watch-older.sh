#!/usr/bin/env bash
# What one would guess: a watch of jetcd that names no revision tells what is written from then on, also through a cut connection, and once
#   `onError` was called it has ended, so that one watches anew.
# What happens: after a cut, jetcd asks for all changes from the revision at which the watch was made, with that one: the last write of before
#   the watch is told as new. `onError` is called for each cut, and the watch goes on all the same: whoever watches anew there is told
#   every later change twice, and after a second cut four times.
# Why a user of chaos meets it: under `partition` and Toxiproxy a worker that takes jobs by a watch is given one that it had found, and done,
#   before it watched, and has each later one several times: the queue and pub/sub checkers convict etcd
#   as *duplicate-element* or *duplicate-message*. A watch that names its first revision is not told what is older.
# Versions: etcd 3.4.23 (Debian 12), Maven jetcd-core 0.8.5, Java 17. 2026-11-30.
set -euo pipefail

for need in etcd java javac mvn python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server default-jdk-headless maven python3"; exit 4; }
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
    <dependency><groupId>io.etcd</groupId><artifactId>jetcd-core</artifactId><version>0.8.5</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
etcd --version | sed -n 1p
ls jars | grep jetcd-core
# Two free ports below those that the system gives to connections.
read -r port peer < <(python3 -c 'import random, socket
def free():
    while True:
        try:
            return socket.create_server(("127.0.0.1", random.randint(20000, 32000)))
        except OSError:
            pass
print(*[each.getsockname()[1] for each in [free(), free()]])')
etcd --data-dir data --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --log-level error >server.log 2>&1 &
server=$!

cat >Older.java <<'JAVA'
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

public class Older {
  /** The link of the watchers to etcd, which can be cut. */
  static class Link {
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<Socket> open = new CopyOnWriteArrayList<>();

    Link(int port) throws IOException {
      background(() -> {
        while (true) {
          var client = listener.accept();
          var server = new Socket("127.0.0.1", port);
          open.addAll(List.of(client, server));
          background(() -> client.getInputStream().transferTo(server.getOutputStream()));
          background(() -> server.getInputStream().transferTo(client.getOutputStream()));
        }
      });
    }

    interface Work {
      void run() throws IOException;
    }

    static void background(Work work) {
      var thread = new Thread(() -> {
        try {
          work.run();
        } catch (IOException gone) {
          // It was cut.
        }
      });
      thread.setDaemon(true);
      thread.start();
    }

    void cut() throws IOException {
      for (var each : open) {
        each.close();
        open.remove(each);
      }
    }
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  static final ByteSequence KEY = bytes("job");

  /** Watches the key from now on; told is what comes. With `anew`, it watches once more whenever it is told of an error. */
  static void watch(Client client, List<String> told, boolean anew) {
    client.getWatchClient().watch(KEY, Watch.listener(
      (response) -> response.getEvents().forEach((event) -> told.add(event.getKeyValue().getValue().toString(StandardCharsets.UTF_8))),
      (error) -> {
        told.add("onError");
        if (anew) watch(client, told, true);
      }));
  }

  static void put(Client client, String value) throws Exception {
    client.getKVClient().put(KEY, bytes(value)).get(5, TimeUnit.SECONDS);
  }

  /** Waits until all watchers have been told of a value, and a moment longer. */
  static void until(List<String> told, String value) throws Exception {
    for (int tries = 0; !told.contains(value); tries++) {
      if (tries == 200) throw new IllegalStateException(value + " was not told: " + told);
      Thread.sleep(100);
    }
    Thread.sleep(2000);
  }

  static List<String> trial(int port, boolean anew) throws Exception {
    var direct = Client.builder().endpoints("http://127.0.0.1:" + port).build();
    var link = new Link(port);
    var client = Client.builder().endpoints("http://127.0.0.1:" + link.listener.getLocalPort()).build();
    for (int tries = 0; ; tries++) {
      try {
        put(direct, "before");
        break;
      } catch (Exception notYet) {
        if (tries == 50) throw notYet;
        Thread.sleep(200);
      }
    }
    var told = new CopyOnWriteArrayList<String>();
    watch(client, told, anew);
    // No event tells that a watch was made; nothing is written meanwhile.
    Thread.sleep(2000);
    link.cut();
    Thread.sleep(4000);
    put(direct, "after");
    until(told, "after");
    link.cut();
    Thread.sleep(4000);
    put(direct, "later");
    until(told, "later");
    return List.copyOf(told);
  }

  static long count(List<String> told, String what) {
    return told.stream().filter(what::equals).count();
  }

  public static void main(String[] args) throws Exception {
    // The threads of the client would keep a failed program alive.
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(4);
    });
    int port = Integer.parseInt(args[0]);
    var one = trial(port, false);
    System.out.println("one watch, cut twice, is told:                      " + one);
    var anew = trial(port, true);
    System.out.println("one that watches anew at onError, cut twice, is told: " + anew);
    System.exit(count(one, "before") == 1 && count(one, "onError") == 2 && count(one, "after") == 1 && count(one, "later") == 1
      && count(anew, "after") == 2 && count(anew, "later") == 4 ? 0 : 1);
  }
}
JAVA
javac -cp "jars/*" Older.java
timeout 90 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Older "$port" 2>older.log || { code=$?; tail -3 older.log; exit $code; }
