#!/usr/bin/env bash
# What one would guess: an entity that was read with `LockModeType.OPTIMISTIC` has not changed when the transaction of Hibernate has
#   committed: of two doctors who each go off call because they saw the other on call, one is refused.
# What happens: the version is looked up just before the commit, by a plain SELECT, and then may change. Two commits that overlap both look
#   before either has committed, both end well, and nobody is on call. Where each commit takes a moment (here: both wait for each other
#   between the look and the commit) that happens every time. OPTIMISTIC_FORCE_INCREMENT writes the other row, and refuses one.
# Why a user of chaos meets it: what is documented as repeatable reads is write skew (G2-item) without a fault, the more often the slower
#   commits are: `latency` or `pause` of the database shows it. The bank checker, or rw-register, convicts a service that relies on it.
# Versions: Maven hibernate-core 7.4.15.Final, H2 2.4.240 (read committed), Java 17. 2026-11-30.
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
    <dependency><groupId>org.hibernate.orm</groupId><artifactId>hibernate-core</artifactId><version>7.4.15.Final</version></dependency>
    <dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId><version>2.4.240</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
cat >Skew.java <<'JAVA'
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Version;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Interceptor;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.cfg.Configuration;

public class Skew {
  static final int PAIRS = 10;

  @Entity(name = "Doctor")
  public static class Doctor {
    @Id int id;
    boolean onCall = true;
    @Version int version;
  }

  /** Where the two of a pair meet once both have looked at the versions; null while no pair is under way. */
  static volatile CyclicBarrier looked;

  /** Waits for the other one; no longer than 2 s, since it may have been refused, or wait for a lock of ours. */
  static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(2, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
      // It goes on by itself.
    }
  }

  /** Of pairs of doctors who go off call at once: in how many both commits ended well, and nobody is on call. */
  static int nobody(SessionFactory database, LockModeType mode) throws Exception {
    int nobody = 0;
    var refused = new AtomicInteger();
    for (int pair = 0; pair < PAIRS; pair++) {
      var read = new CyclicBarrier(2);
      int[] ids = {mode.ordinal() * 1000 + 2 * pair, mode.ordinal() * 1000 + 2 * pair + 1};
      database.inTransaction((session) -> {
        for (int id : ids) {
          var doctor = new Doctor();
          doctor.id = id;
          session.persist(doctor);
        }
      });
      looked = new CyclicBarrier(2);
      var doctors = new Thread[2];
      for (int i = 0; i < 2; i++) {
        int me = ids[i], you = ids[1 - i];
        doctors[i] = new Thread(() -> {
          try {
            database.inTransaction((session) -> {
              var mine = session.find(Doctor.class, me);
              var yours = session.find(Doctor.class, you, mode);
              meet(read);
              if (yours.onCall) mine.onCall = false;
            });
          } catch (PersistenceException error) {
            refused.incrementAndGet();
          }
        });
        doctors[i].start();
      }
      for (var doctor : doctors) doctor.join();
      looked = null;
      if (database.<Boolean>fromTransaction((session) -> !session.find(Doctor.class, ids[0]).onCall && !session.find(Doctor.class, ids[1]).onCall)) nobody++;
    }
    System.out.printf("%-27s of %d pairs %2d have nobody on call; transactions refused: %d%n", mode, PAIRS, nobody, refused.get());
    return nobody;
  }

  public static void main(String[] args) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    var database = new Configuration().addAnnotatedClass(Doctor.class)
      .setProperty("hibernate.connection.url", "jdbc:h2:mem:doctors;DB_CLOSE_DELAY=-1").setProperty("hibernate.connection.username", "sa")
      .setProperty("hibernate.connection.isolation", "2").setProperty("hibernate.hbm2ddl.auto", "create")
      .setInterceptor(new Interceptor() {
        @Override
        public void beforeTransactionCompletion(Transaction transaction) {
          if (looked != null) meet(looked);
        }
      })
      .buildSessionFactory();
    int optimistic = nobody(database, LockModeType.OPTIMISTIC);
    int increment = nobody(database, LockModeType.OPTIMISTIC_FORCE_INCREMENT);
    System.exit(optimistic == PAIRS && increment == 0 ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(hibernate-core|h2)'
javac -cp "jars/*" Skew.java
timeout 90 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "jars/*:." Skew
