#!/usr/bin/env bash
# What one would guess: a job that ran longer than `lockAtMostFor` of ShedLock, and whose lock was taken by another scheduler since, does
#   nothing to that lock when it ends: a lock knows its holder, or at least the moment at which it was taken.
# What happens: in a database the holder is the name of the host, and nothing else is compared. `unlock()` of the late one ends well and
#   frees the other's lock, so a third gets it; `extend()` of the late one returns a lock, the other's. That goes for two schedulers on
#   one host, and for two runs of one scheduler. With `withLockedByValue`, one for each, `unlock()` leaves the other's lock alone.
# Why a user of chaos meets it: all schedulers of a run are on one machine; under `pause` two jobs run at once where the time limit alone
#   explains it, and then a third, which it does not. The lock checker convicts the database.
# Versions: Maven shedlock-provider-jdbc-template 7.6.0, H2 2.4.240, Java 17. 2026-11-30.
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
    <dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId><version>2.4.240</version></dependency>
    <dependency><groupId>net.javacrumbs.shedlock</groupId><artifactId>shedlock-provider-jdbc-template</artifactId><version>7.6.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
cat >Probe.java <<'JAVA'
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

public class Probe {
  static final JdbcDataSource source = new JdbcDataSource();

  /** A scheduler: its provider, with a name for the column `locked_by` or without one. */
  static JdbcTemplateLockProvider scheduler(String name) {
    var configuration = JdbcTemplateLockProvider.Configuration.builder().withJdbcTemplate(new JdbcTemplate(source)).usingDbTime();
    if (name != null) configuration.withLockedByValue(name);
    return new JdbcTemplateLockProvider(configuration.build());
  }

  static Optional<SimpleLock> lock(JdbcTemplateLockProvider scheduler, String job, long atMostMs) {
    return scheduler.lock(new LockConfiguration(Instant.now(), job, Duration.ofMillis(atMostMs), Duration.ZERO));
  }

  /** Whether a third gets the lock: while another has it, and once the late one has unlocked. */
  static String third(String job, boolean named) throws Exception {
    var late = lock(scheduler(named ? "one" : null), job, 500).orElseThrow();
    Thread.sleep(1000);
    if (lock(scheduler(named ? "two" : null), job, 600_000).isEmpty()) throw new IllegalStateException("the lock has not ended");
    var before = lock(scheduler(named ? "three" : null), job, 600_000).isPresent();
    late.unlock();
    return before + " " + lock(scheduler(named ? "three" : null), job, 600_000).isPresent();
  }

  /** Whether the late one can extend the lock that another has by now. */
  static boolean extended(String job, boolean named) throws Exception {
    var late = lock(scheduler(named ? "one" : null), job, 500).orElseThrow();
    Thread.sleep(1000);
    lock(scheduler(named ? "two" : null), job, 600_000).orElseThrow();
    return late.extend(Duration.ofMinutes(20), Duration.ZERO).isPresent();
  }

  public static void main(String[] args) throws Exception {
    source.setURL("jdbc:h2:mem:locks;DB_CLOSE_DELAY=-1");
    new JdbcTemplate(source).execute(
      "CREATE TABLE shedlock(name VARCHAR(64) PRIMARY KEY, lock_until TIMESTAMP(3), locked_at TIMESTAMP(3), locked_by VARCHAR(255))");
    var unnamed = third("unnamed", false);
    System.out.println("no names: a third gets the lock before and after the late one unlocks: " + unnamed);
    var extended = extended("extended", false);
    System.out.println("no names: the late one extends the lock of the other: " + extended);
    var named = third("named", true);
    System.out.println("withLockedByValue: a third gets the lock before and after the late one unlocks: " + named);
    var extendedNamed = extended("extended-named", true);
    System.out.println("withLockedByValue: the late one extends the lock of the other: " + extendedNamed);
    System.exit(unnamed.equals("false true") && extended && named.equals("false false") && !extendedNamed ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(shedlock-provider|h2)'
javac -cp "jars/*" Probe.java
timeout 60 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Probe 2>probe.log || { code=$?; tail -3 probe.log; exit $code; }
