#!/usr/bin/env bash
# What one would guess: Kafka keeps what was acknowledged for `log.retention.hours`, a week by default, after it was written.
# What happens: the week is counted from the time that the producer has put into the record. Records whose time is long ago
#   (0, as of a client that sets none, or the time of the event in an import of old data) are acknowledged by all replicas,
#   read, and gone at the first round of the cleaner, 30 s after the broker started: the partition then begins after them,
#   and reading at offset 0 is refused with OFFSET_OUT_OF_RANGE. With `message.timestamp.type=LogAppendTime` they stay.
# Why a user of chaos meets it: it looks like a broker that loses what it had acknowledged, only in runs longer than 30 s.
# Versions: Apache Kafka 4.1.1 (server and client, Maven Central), Java 17. 2026-11-29.
set -euo pipefail

for need in java javac mvn; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven"; exit 4; }
done
folder=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill -9 "$broker" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }

cat >Free.java <<'JAVA'
public class Free {
  public static void main(String[] none) throws Exception {
    try (var a = new java.net.ServerSocket(0); var b = new java.net.ServerSocket(0)) {
      System.out.println(a.getLocalPort() + " " + b.getLocalPort());
    }
  }
}
JAVA
read -r port controller < <(java Free.java)
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=$folder/data
PROPERTIES
tool=(java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$folder/jars/*")
id=$("${tool[@]}" kafka.tools.StorageTool random-uuid 2>uuid.log) || { cat uuid.log; exit 4; }
"${tool[@]}" kafka.tools.StorageTool format -t "$id" -c server.properties >format.log 2>&1 || { cat format.log; exit 4; }
"${tool[@]}" -Xmx256m kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

cat >Probe.java <<'JAVA'
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

public class Probe {
  static long begins(Admin admin, String topic) throws Exception {
    var partition = new TopicPartition(topic, 0);
    return admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).partitionResult(partition).get().offset();
  }

  public static void main(String[] args) throws Exception {
    Map<String, Object> where = Map.of("bootstrap.servers", args[0]);
    System.out.println("Kafka client " + org.apache.kafka.common.utils.AppInfoParser.getVersion());
    try (var admin = Admin.create(where);
        var producer = new KafkaProducer<>(where, new StringSerializer(), new StringSerializer())) {
      var plain = new NewTopic("by-producer", 1, (short) 1);
      var dated = new NewTopic("by-broker", 1, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime"));
      admin.createTopics(List.of(plain, dated)).all().get();
      for (var topic : List.of("by-producer", "by-broker")) {
        for (int i = 0; i < 3; i++) {
          var to = producer.send(new ProducerRecord<>(topic, 0, 0L, null, "value " + i)).get();
          System.out.println(topic + ": acknowledged at offset " + to.offset());
        }
        System.out.println(topic + ": begins at offset " + begins(admin, topic));
      }
      for (int looks = 0; looks < 90 && begins(admin, "by-producer") == 0; looks++) Thread.sleep(1000);
      long gone = begins(admin, "by-producer"), kept = begins(admin, "by-broker");
      System.out.println("later: by-producer begins at offset " + gone + ", by-broker at " + kept);
      System.exit(gone == 3 && kept == 0 ? 0 : 1);
    }
  }
}
JAVA
"${tool[@]}" Probe.java "127.0.0.1:$port" 2>probe.log || { echo "it behaves differently now"; tail -5 probe.log broker.log; exit 1; }
