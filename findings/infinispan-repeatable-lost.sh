#!/usr/bin/env bash
# What one would guess: with PESSIMISTIC locking and isolation REPEATABLE_READ, two transactions of Infinispan that read a number and write it
#   plus one do not lose one of the two: a repeatable read that is locked, or refused as it is with OPTIMISTIC locking.
# What happens: a read locks nothing and is compared with nothing. The second transaction waits for the lock when it writes, and then writes
#   what it made of the old value: both commit, and about half of the increments are lost. The same isolation with OPTIMISTIC locking
#   refuses instead, and loses none; nor is any lost where each read is made with the flag FORCE_WRITE_LOCK.
# Why a user of chaos meets it: counters and transfers by "the safer, pessimistic" setting lose money without a fault: the counter and bank
#   checkers convict it, and what it keeps is less than repeatable read.
# Versions: Maven infinispan-core 15.2.6.Final, Java 17. 2026-11-30.
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
    <dependency><groupId>org.infinispan</groupId><artifactId>infinispan-core</artifactId><version>15.2.6.Final</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
# The stack of Infinispan for TCP, with the two members named in place of multicast.
python3 - jars/infinispan-core-15.2.6.Final.jar <<'PY'
import re, sys, zipfile
stack = zipfile.ZipFile(sys.argv[1]).read("default-configs/default-jgroups-tcp.xml").decode()
stack, found = re.subn(r"<MPING .*?/>", '<TCPPING initial_hosts="${jgroups.tcpping.initial_hosts}" port_range="0"/>', stack, flags=re.S)
assert found == 1
open("stack.xml", "w").write(stack)
PY
cat >Lost.java <<'JAVA'
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.transaction.LockingMode;
import org.infinispan.transaction.TransactionMode;
import org.infinispan.util.concurrent.IsolationLevel;

public class Lost {
  static final int EACH = 100;

  static EmbeddedCacheManager join(String name) {
    System.setProperty("jgroups.bind.port", System.getProperty("port." + name));
    var global = GlobalConfigurationBuilder.defaultClusteredBuilder();
    global.transport().nodeName(name).addProperty("configurationFile", "stack.xml");
    return new DefaultCacheManager(global.build());
  }

  /** One transaction that adds one; whether it has said that it committed. */
  static boolean add(AdvancedCache<String, Integer> cache, boolean lock) throws Exception {
    var transactions = cache.getTransactionManager();
    transactions.begin();
    try {
      int before = (lock ? cache.withFlags(Flag.FORCE_WRITE_LOCK) : cache).get("number");
      cache.put("number", before + 1);
    } catch (RuntimeException refused) {
      transactions.rollback();
      return false;
    }
    try {
      transactions.commit();
      return true;
    } catch (jakarta.transaction.RollbackException | jakarta.transaction.HeuristicRollbackException
      | jakarta.transaction.HeuristicMixedException | jakarta.transaction.SystemException | RuntimeException refusedOrUnknown) {
      // Where nobody knows, it may count: it is not missed.
      return false;
    }
  }

  /** Two members add one to a number, over and over; returns how many of the committed increments are lost, at least. */
  static int lost(EmbeddedCacheManager[] managers, LockingMode locking, boolean lock) throws Exception {
    var name = locking + (lock ? " with FORCE_WRITE_LOCK" : "");
    var settings = new ConfigurationBuilder();
    settings.clustering().cacheMode(CacheMode.REPL_SYNC);
    settings.transaction().transactionMode(TransactionMode.TRANSACTIONAL).lockingMode(locking);
    settings.locking().isolationLevel(IsolationLevel.REPEATABLE_READ);
    for (var manager : managers) manager.defineConfiguration(name, settings.build());
    for (var manager : managers) manager.getCache(name);
    AdvancedCache<String, Integer> first = managers[0].<String, Integer>getCache(name).getAdvancedCache();
    for (int tries = 0; first.getDistributionManager().getCacheTopology().getMembers().size() < 2; tries++) {
      if (tries == 100) throw new IllegalStateException("the two did not meet");
      Thread.sleep(100);
    }
    first.put("number", 0);
    var committed = new AtomicInteger();
    var together = new CyclicBarrier(2);
    var members = new Thread[2];
    for (int i = 0; i < 2; i++) {
      AdvancedCache<String, Integer> cache = managers[i].<String, Integer>getCache(name).getAdvancedCache();
      members[i] = new Thread(() -> {
        try {
          for (int n = 0; n < EACH; n++) {
            together.await();
            if (add(cache, lock)) committed.incrementAndGet();
          }
        } catch (Exception error) {
          throw new IllegalStateException(error);
        }
      });
      members[i].start();
    }
    for (var member : members) member.join();
    int value = first.get("number");
    System.out.printf("%-33s of %d increments %3d are committed, %3d count%n", name, 2 * EACH, committed.get(), value);
    return committed.get() - value;
  }

  public static void main(String[] args) throws Exception {
    var managers = new EmbeddedCacheManager[] {join("one"), join("two")};
    System.out.println("members " + managers[0].getMembers() + ", REPL_SYNC, REPEATABLE_READ");
    int pessimistic = lost(managers, LockingMode.PESSIMISTIC, false);
    int optimistic = lost(managers, LockingMode.OPTIMISTIC, false);
    int locked = lost(managers, LockingMode.PESSIMISTIC, true);
    System.exit(pessimistic > EACH / 4 && optimistic <= 0 && locked <= 0 ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(infinispan-core|jgroups)'
javac -Xlint:none -cp "jars/*" Lost.java 2>javac.log || { cat javac.log; exit 4; }
# Two free ports below those that the system gives to connections.
read -r one two < <(python3 -c 'import random, socket
def free():
    while True:
        try:
            return socket.create_server(("127.0.0.1", random.randint(20000, 32000)))
        except OSError:
            pass
print(*[each.getsockname()[1] for each in [free(), free()]])')
timeout 90 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Djgroups.bind.address=127.0.0.1 "-Dport.one=$one" "-Dport.two=$two" \
  "-Djgroups.tcpping.initial_hosts=127.0.0.1[$one],127.0.0.1[$two]" -Djgroups.port_range=0 -cp "jars/*:." Lost 2>lost.log ||
  { code=$?; tail -3 lost.log; exit $code; }
