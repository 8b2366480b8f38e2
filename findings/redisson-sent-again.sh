#!/usr/bin/env bash
# What one would guess: Redisson, which sends no command again that would count twice (`incrementAndGet` whose answer is lost throws), does so
#   with none: an operation that is refused, or answered, was done as the answer says.
# What happens: it goes by the command alone. Scripts and batches are sent again, one's own too: a script that counts counts twice, so
#   does `incrementAndGet` in a batch, `compareAndSet` says false and the value is set, and `add` to a set says that it was there before. With
#   `retryAttempts` 0 all of them throw.
# Why a user of chaos meets it: under `partition`, `pause` and Toxiproxy a *fail* that took place convicts Redis of not being linearizable; of
#   two workers that each add an id to a set in order to take it, none has it; counters count more than was added.
# Versions: Maven redisson 4.3.0, Redis 7.0.15 (Debian 12), Java 17. 2026-11-30.
set -euo pipefail

for need in redis-server java javac mvn python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server default-jdk-headless maven python3"; exit 4; }
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
    <dependency><groupId>org.redisson</groupId><artifactId>redisson</artifactId><version>4.3.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
redis-server --version
ls jars | grep -E '^redisson-[0-9]'
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
redis-server --bind 127.0.0.1 --port "$port" --save "" --dir "$folder" >server.log 2>&1 &
server=$!

cat >Again.java <<'JAVA'
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

public class Again {
  /** Stands between the client and the server. Once armed, it closes the connection in place of the answer to the next request of the program. */
  static class Wire {
    /** What the library asks for itself, when it connects and while nothing happens. */
    static final Pattern OWN = Pattern.compile("PING|HELLO|CLIENT|SELECT");
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    volatile boolean armed;
    volatile int lost;

    Wire(int port) throws IOException {
      background(() -> {
        while (true) {
          var client = listener.accept();
          var server = new Socket("127.0.0.1", port);
          boolean[] losing = {false};
          background(() -> pass(client, server, request -> {
            if (armed && !OWN.matcher(request).find()) {
              armed = false;
              synchronized (losing) {
                losing[0] = true;
              }
            }
            return true;
          }), client, server);
          background(() -> pass(server, client, answer -> {
            synchronized (losing) {
              if (losing[0]) lost++;
              return !losing[0];
            }
          }), client, server);
        }
      });
    }

    interface May {
      boolean pass(String text);
    }

    static void pass(Socket from, Socket to, May may) throws IOException {
      var buffer = new byte[65536];
      for (int length; (length = from.getInputStream().read(buffer)) > 0; ) {
        if (!may.pass(new String(buffer, 0, length))) return;
        to.getOutputStream().write(buffer, 0, length);
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

  static RedissonClient connect(int port, Integer attempts) throws Exception {
    var config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    var server = config.useSingleServer().setAddress("redis://127.0.0.1:" + port).setConnectionMinimumIdleSize(1);
    if (attempts != null) server.setRetryAttempts(attempts);
    for (int tries = 0; ; tries++) {
      try {
        return Redisson.create(config);
      } catch (Exception notYet) {
        if (tries == 50) throw notYet;
        Thread.sleep(200);
      }
    }
  }

  interface Operation {
    Object on(RedissonClient client, String key) throws Exception;
  }

  record Named(String name, Operation operation, Operation truth) {}

  static final List<Named> operations = List.of(
    new Named("incrementAndGet", (client, key) -> client.getAtomicLong(key).incrementAndGet(), (client, key) -> client.getAtomicLong(key).get()),
    new Named("a script that increments", (client, key) -> client.getScript().eval(RScript.Mode.READ_WRITE,
      "return redis.call('incr', KEYS[1])", RScript.ReturnType.LONG, List.of(key)), (client, key) -> client.getAtomicLong(key).get()),
    new Named("incrementAndGet in a batch", (client, key) -> {
      var batch = client.createBatch();
      batch.getAtomicLong(key).incrementAndGetAsync();
      return batch.execute().getResponses();
    }, (client, key) -> client.getAtomicLong(key).get()),
    new Named("compareAndSet(0, 5)", (client, key) -> client.getAtomicLong(key).compareAndSet(0, 5), (client, key) -> client.getAtomicLong(key).get()),
    new Named("add to an empty set", (client, key) -> client.getSet(key).add("x"), (client, key) -> client.getSet(key).readAll()));

  static List<String> told(int port, Integer attempts) throws Exception {
    var wire = new Wire(port);
    var direct = connect(port, null);
    var client = connect(wire.listener.getLocalPort(), attempts);
    var told = new ArrayList<String>();
    for (var each : operations) {
      // Once for the server to know the script that it is.
      each.operation.on(client, "warm");
      direct.getKeys().flushdb();
      int before = wire.lost;
      wire.armed = true;
      Object said;
      try {
        said = "returns " + each.operation.on(client, "key");
      } catch (Exception error) {
        said = "throws";
      }
      told.add(each.name + ": " + said + ", there is " + each.truth.on(direct, "key"));
      if (wire.lost != before + 1) throw new IllegalStateException("no answer was lost");
    }
    client.shutdown();
    direct.shutdown();
    return told;
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    var retried = told(port, null);
    retried.forEach(System.out::println);
    var once = told(port, 0);
    once.forEach((each) -> System.out.println("retryAttempts 0, " + each));
    System.exit(retried.equals(List.of("incrementAndGet: throws, there is 1", "a script that increments: returns 2, there is 2",
        "incrementAndGet in a batch: returns [2], there is 2", "compareAndSet(0, 5): returns false, there is 5",
        "add to an empty set: returns false, there is [x]"))
      && once.stream().allMatch((each) -> each.contains(": throws, there is")) ? 0 : 1);
  }
}
JAVA
javac -cp "jars/*" Again.java
timeout 120 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Again "$port" 2>again.log || { code=$?; tail -3 again.log; exit $code; }
