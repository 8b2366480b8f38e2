#!/usr/bin/env bash
# What one would guess: a client-side cache that is kept right by messages from the server is emptied when the connection that brings them
#   was lost, since nobody knows which were missed; node-redis does so.
# What happens: RLocalCachedMap of Redisson connects again, subscribes again, is told of later changes, and goes on giving out the value
#   that another client changed in between, for ever: `ReconnectionStrategy` is NONE unless one says otherwise. The same client's plain
#   map has the new value. With CLEAR the cache is emptied.
# Why a user of chaos meets it: after a `partition` of a second, or a server that was started again, reads are stale until the key happens to
#   change again: the register checker convicts Redis, and so does one that asks for convergence alone.
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

cat >Cache.java <<'JAVA'
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.redisson.Redisson;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

public class Cache {
  /** Stands between the client and the server, and can be cut. */
  static class Wire {
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<Socket> open = new CopyOnWriteArrayList<>();
    volatile boolean cut;

    Wire(int port) throws IOException {
      background(() -> {
        while (true) {
          var client = listener.accept();
          if (cut) {
            client.close();
            continue;
          }
          var server = new Socket("127.0.0.1", port);
          open.addAll(List.of(client, server));
          background(() -> client.getInputStream().transferTo(server.getOutputStream()), client, server);
          background(() -> server.getInputStream().transferTo(client.getOutputStream()), client, server);
        }
      });
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
        for (var each : ends) close(each);
      });
      thread.setDaemon(true);
      thread.start();
    }

    static void close(Socket socket) {
      try {
        socket.close();
      } catch (IOException gone) {
        // It is closed all the same.
      }
    }

    void cut() {
      cut = true;
      for (var each : open) close(each);
    }
  }

  static RedissonClient connect(int port) throws Exception {
    var config = new Config();
    config.setCodec(StringCodec.INSTANCE);
    config.useSingleServer().setAddress("redis://127.0.0.1:" + port).setConnectionMinimumIdleSize(1);
    for (int tries = 0; ; tries++) {
      try {
        return Redisson.create(config);
      } catch (Exception notYet) {
        if (tries == 50) throw notYet;
        Thread.sleep(200);
      }
    }
  }

  static RMap<String, String> cached(RedissonClient client, String name, ReconnectionStrategy strategy) {
    var options = LocalCachedMapOptions.<String, String>name(name);
    if (strategy != null) options.reconnectionStrategy(strategy);
    return client.getLocalCachedMap(options);
  }

  /** Waits until a read gives this value; one that fails meanwhile counts as another value. */
  static void until(RMap<String, String> map, String key, String value) throws Exception {
    for (long end = System.nanoTime() + 30_000_000_000L; ; Thread.sleep(50)) {
      try {
        if (value.equals(map.get(key))) return;
      } catch (RuntimeException notYet) {
        // Still cut off.
      }
      if (System.nanoTime() > end) throw new IllegalStateException(key + " never became " + value);
    }
  }

  /** What the cache has, long after the cut in which `key` became 2. */
  static String after(int port, String name, ReconnectionStrategy strategy) throws Exception {
    var wire = new Wire(port);
    var reader = connect(wire.listener.getLocalPort());
    var writer = connect(port);
    var map = cached(reader, name, strategy);
    var other = cached(writer, name, strategy);
    other.put("key", "0");
    until(map, "key", "0");
    other.put("key", "1");
    until(map, "key", "1");
    // A message about this change that comes after the read empties the cache once more; then nothing is under way, and it is filled again.
    Thread.sleep(1000);
    map.get("key");
    wire.cut();
    other.put("key", "2");
    wire.cut = false;
    until(reader.getMap(name), "key", "2");
    // It is told of changes again: another key, read before each change, has its new value at some time.
    for (int i = 0; ; i++) {
      other.put("beacon", "" + i);
      until(reader.getMap(name), "beacon", "" + i);
      var before = map.get("beacon");
      other.put("beacon", i + " again");
      Thread.sleep(500);
      var told = map.get("beacon").equals(i + " again") && before.equals("" + i);
      if (told) break;
      if (i == 60) throw new IllegalStateException("it is told of nothing any more");
    }
    var seen = map.get("key") + ", a plain map of the same client " + reader.getMap(name).get("key");
    reader.shutdown();
    writer.shutdown();
    return seen;
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    var standard = after(port, "standard", null);
    System.out.println("changed from 1 to 2 while cut off; connected and told of changes again, the cache has " + standard);
    var clear = after(port, "clear", ReconnectionStrategy.CLEAR);
    System.out.println("with ReconnectionStrategy.CLEAR it has " + clear);
    System.exit(standard.equals("1, a plain map of the same client 2") && clear.equals("2, a plain map of the same client 2") ? 0 : 1);
  }
}
JAVA
javac -cp "jars/*" Cache.java
timeout 120 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Cache "$port" 2>cache.log || { code=$?; tail -3 cache.log; exit $code; }
