#!/usr/bin/env bash
# What one would guess: once `invalidate(key)` of a Guava cache has returned, a `get` loads the value anew: to write to the database and then to
#   invalidate is enough for readers to see the write.
# What happens: a load that is under way is not looked at. It read the database before the write, it ends after `invalidate`, and what it read
#   stays in the cache, for ever without a time to live. That goes for `invalidateAll()`, and for `get` with a loader of its own, too.
#   `invalidate` of Caffeine waits for the load and removes what it brought.
# Why a user of chaos meets it: a node with such a cache before its database gives out a value after its own acknowledged write of
#   another one, without a fault; `latency` between node and database makes it likely. The register checkers convict it as a stale read.
# Versions: Maven guava 33.8.0-jre, caffeine 3.2.0, Java 17. 2026-11-30.
set -euo pipefail

for need in java javac mvn; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven"; exit 4; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>com.google.guava</groupId><artifactId>guava</artifactId><version>33.8.0-jre</version></dependency>
    <dependency><groupId>com.github.ben-manes.caffeine</groupId><artifactId>caffeine</artifactId><version>3.2.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
cat >Late.java <<'JAVA'
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.CacheBuilder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

public class Late {
  /** The one row of the database. */
  static volatile String row;

  interface Cached {
    String get(Function<String, String> load) throws Exception;
  }

  /** What a reader gets after "write, then invalidate", if another reader's load was under way meanwhile. */
  static String after(Cached cache, Runnable invalidate) throws Exception {
    row = "old";
    var read = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    var first = new AtomicBoolean(true);
    Function<String, String> load = (key) -> {
      var value = row;
      if (!first.getAndSet(false)) return value;
      // The answer of the database is on its way.
      read.countDown();
      try {
        answer.await(10, TimeUnit.SECONDS);
      } catch (InterruptedException error) {
        throw new IllegalStateException(error);
      }
      return value;
    };
    var reader = new Thread(() -> {
      try {
        cache.get(load);
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    });
    reader.start();
    read.await();
    var writer = new Thread(() -> {
      row = "new";
      invalidate.run();
    });
    writer.start();
    // Guava's `invalidate` returns while the load is under way; Caffeine's waits for it, so the answer has to come.
    writer.join(1000);
    answer.countDown();
    reader.join();
    writer.join();
    return cache.get(load);
  }

  public static void main(String[] args) throws Exception {
    var guava = CacheBuilder.newBuilder().<String, String>build();
    Cached byGuava = (load) -> guava.get("key", () -> load.apply("key"));
    var one = after(byGuava, () -> guava.invalidate("key"));
    guava.invalidateAll();
    var all = after(byGuava, guava::invalidateAll);
    var caffeine = Caffeine.newBuilder().<String, String>build();
    var other = after((load) -> caffeine.get("key", load), () -> caffeine.invalidate("key"));
    System.out.println("The row is new, and was invalidated after that. Guava, invalidate: " + one + "; Guava, invalidateAll: " + all
      + "; Caffeine, invalidate: " + other);
    System.exit(one.equals("old") && all.equals("old") && other.equals("new") ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(guava|caffeine)'
javac -cp "jars/*" Late.java
timeout 60 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Late
