#!/usr/bin/env bash
# What one would guess: `computeIfAbsent(key, function)` of a replicated Infinispan cache calls the function once, and all members have what it
#   returned: the usual way to make an identifier, a token or a time once.
# What happens: the function is sent to all owners of the key, and each calls it and stores what came of it. If it draws a random number, takes
#   the time or counts, the two copies differ for ever, without a fault; so for `compute`, `merge` and a functional map's `eval`.
#   `computeIfAbsent` asks the first owner, and returns what only that one has: each `get` on another member reads something else, and
#   when the first owner leaves, everybody does. `putIfAbsent` of a value that was made before agrees.
# Why a user of chaos meets it: an identifier or a token that one node has got is not what another one reads: the register and convergence
#   checkers convict it without a fault (*diverged*).
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
cat >Differs.java <<'JAVA'
import java.util.UUID;
import org.infinispan.Cache;
import org.infinispan.commons.marshall.JavaSerializationMarshaller;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.functional.EntryView.ReadWriteEntryView;
import org.infinispan.functional.impl.FunctionalMapImpl;
import org.infinispan.functional.impl.ReadWriteMapImpl;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.util.function.SerializableBiFunction;
import org.infinispan.util.function.SerializableFunction;

public class Differs {
  static final int KEYS = 100;

  static EmbeddedCacheManager join(String name) {
    System.setProperty("jgroups.bind.port", System.getProperty("port." + name));
    var global = GlobalConfigurationBuilder.defaultClusteredBuilder();
    global.transport().nodeName(name).addProperty("configurationFile", "stack.xml");
    global.serialization().marshaller(new JavaSerializationMarshaller()).allowList().addRegexp(".*");
    return new DefaultCacheManager(global.build());
  }

  interface Write {
    /** Writes a new value, and returns it as the call says that it is. */
    String to(Cache<String, String> cache, String key) throws Exception;
  }

  /** Of all keys, written by the first member: for how many the two differ, and at how many both have what the call returned. */
  static boolean differs(String name, Cache<String, String> one, Cache<String, String> two, Write write) throws Exception {
    int differ = 0;
    int returned = 0;
    for (int i = 0; i < KEYS; i++) {
      var key = name + i;
      var said = write.to(one, key);
      var first = one.get(key);
      var second = two.get(key);
      if (!first.equals(second)) differ++;
      if (said.equals(first) && said.equals(second)) returned++;
    }
    System.out.printf("%-16s of %d keys %3d differ, %3d are on both what the call returned%n", name, KEYS, differ, returned);
    return differ == KEYS && returned == 0;
  }

  static String random() {
    return UUID.randomUUID().toString();
  }

  public static void main(String[] args) throws Exception {
    var managers = new EmbeddedCacheManager[] {join("one"), join("two")};
    for (var manager : managers) manager.defineConfiguration("copies", new ConfigurationBuilder().clustering().cacheMode(CacheMode.REPL_SYNC).build());
    Cache<String, String> one = managers[0].getCache("copies");
    Cache<String, String> two = managers[1].getCache("copies");
    for (int tries = 0; one.getAdvancedCache().getDistributionManager().getCacheTopology().getMembers().size() < 2; tries++) {
      if (tries == 100) throw new IllegalStateException("the two did not meet");
      Thread.sleep(100);
    }
    System.out.println("members " + managers[0].getMembers() + ", " + one.getCacheConfiguration().clustering().cacheModeString());
    SerializableFunction<String, String> make = (key) -> random();
    SerializableBiFunction<String, String, String> remake = (key, before) -> random();
    SerializableFunction<ReadWriteEntryView<String, String>, String> set = (entry) -> {
      var value = random();
      entry.set(value);
      return value;
    };
    var functional = ReadWriteMapImpl.create(FunctionalMapImpl.create(one.getAdvancedCache()));
    boolean all = differs("computeIfAbsent", one, two, (cache, key) -> cache.computeIfAbsent(key, make));
    all &= differs("compute", one, two, (cache, key) -> cache.compute(key, remake));
    all &= differs("eval", one, two, (cache, key) -> functional.eval(key, set).get());
    boolean plain = differs("putIfAbsent", one, two, (cache, key) -> {
      var value = random();
      var before = cache.putIfAbsent(key, value);
      return before == null ? value : before;
    });
    int asked = 0;
    for (int i = 0; i < KEYS; i++) if (!one.computeIfAbsent("token" + i, make).equals(two.computeIfAbsent("token" + i, make))) asked++;
    System.out.println("computeIfAbsent by one and then by the other: for " + asked + " of " + KEYS + " keys it returns different values");
    System.exit(all && !plain && asked == 0 ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(infinispan-core|jgroups)'
javac -Xlint:none -cp "jars/*" Differs.java 2>javac.log || { cat javac.log; exit 4; }
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
  "-Djgroups.tcpping.initial_hosts=127.0.0.1[$one],127.0.0.1[$two]" -Djgroups.port_range=0 -cp "jars/*:." Differs 2>differs.log ||
  { code=$?; tail -3 differs.log; exit $code; }
