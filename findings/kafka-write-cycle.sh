#!/usr/bin/env bash
# What one would guess: of two transactions of Kafka that were both committed, readers with `isolation.level=read_committed` see one
#   before the other, as read committed (PL-2) demands: it forbids write cycles (G0).
# What happens: two transactions that append to two partitions come in one order in the first and in the other order in the
#   second. Nothing keeps transactions apart but the offsets that their records happen to get.
# Why a user of chaos meets it: lists in a partition each, checked as `append`, are convicted of G0 without any fault. `kafka append`
#   keeps all lists in one partition and sends the records of a transaction as one batch.
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
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
PROPERTIES
tool=(java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$folder/jars/*")
id=$("${tool[@]}" kafka.tools.StorageTool random-uuid 2>uuid.log) || { cat uuid.log; exit 4; }
"${tool[@]}" kafka.tools.StorageTool format -t "$id" -c server.properties >format.log 2>&1 || { cat format.log; exit 4; }
"${tool[@]}" -Xmx256m kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

cat >Probe.java <<'JAVA'
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

public class Probe {
  static KafkaProducer<String, String> producer(String server, String name) {
    var producer = new KafkaProducer<>(
        Map.<String, Object>of("bootstrap.servers", server, "transactional.id", name), new StringSerializer(), new StringSerializer());
    producer.initTransactions();
    producer.beginTransaction();
    return producer;
  }

  static void send(KafkaProducer<String, String> producer, int partition, String value) throws Exception {
    producer.send(new ProducerRecord<>("lists", partition, null, value)).get();
  }

  static List<String> read(String server, int partition) {
    var settings = Map.<String, Object>of("bootstrap.servers", server, "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var place = new TopicPartition("lists", partition);
      consumer.assign(List.of(place));
      consumer.seekToBeginning(List.of(place));
      var values = new ArrayList<String>();
      for (int polls = 0; polls < 100 && values.size() < 2; polls++)
        for (var record : consumer.poll(Duration.ofMillis(200))) values.add(record.value());
      return values;
    }
  }

  public static void main(String[] args) throws Exception {
    var server = args[0];
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", server))) {
      admin.createTopics(List.of(new NewTopic("lists", 2, (short) 1))).all().get();
    }
    try (var one = producer(server, "one"); var two = producer(server, "two")) {
      send(one, 0, "T1");
      send(two, 0, "T2");
      send(two, 1, "T2");
      send(one, 1, "T1");
      two.commitTransaction();
      one.commitTransaction();
    }
    List<String> first = read(server, 0), second = read(server, 1);
    System.out.println("committed in partition 0: " + first);
    System.out.println("committed in partition 1: " + second);
    boolean cycle = first.equals(List.of("T1", "T2")) && second.equals(List.of("T2", "T1"));
    System.out.println(cycle ? "a cycle of writes: T1 < T2 < T1" : "no cycle");
    System.exit(cycle ? 0 : 1);
  }
}
JAVA
"${tool[@]}" Probe.java "127.0.0.1:$port" 2>probe.log || { echo "it behaves differently now"; tail -5 probe.log broker.log; exit 1; }
