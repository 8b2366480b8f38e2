#!/usr/bin/env bash
# What one would guess: a producer of Kafka with the settings it comes with is idempotent, as Java's is since Kafka 3: a record whose answer is lost
#   is sent again, and is there once.
# What happens: only kafka-python (since 3.0) does as Java. confluent-kafka, aiokafka and kafkajs send again without being idempotent: the record is
#   there twice, with two offsets, and the call ends well with the second one.
# Why a user of chaos meets it: under `partition` and Toxiproxy a log or queue of Kafka has *duplicate* records that were sent once, and the broker
#   is convicted of what the client did.
# Versions: Apache Kafka 4.1.1 (Maven Central), PyPI kafka-python 3.0.12, confluent-kafka 2.16.1, aiokafka 0.14.0, npm kafkajs 2.2.4, Java 17,
#   Python 3.11, Node 20. 2026-11-30.
set -euo pipefail

for need in java mvn node npm python3; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven nodejs npm python3-venv"; exit 4; }
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
python3 -m venv venv
venv/bin/pip -q install kafka-python==3.0.12 confluent-kafka==2.16.1 aiokafka==0.14.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts kafkajs@2.2.4
read -r port controller inner outer < <(python3 -c 'import socket
print(*(s.getsockname()[1] for s in [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]))')
# Clients that come by the listener LINK are told to come to another port, where the answers are lost.
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller,LINK://127.0.0.1:$inner
advertised.listeners=PLAINTEXT://127.0.0.1:$port,LINK://127.0.0.1:$outer
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINK:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.dirs=$folder/data
PROPERTIES
tool=(java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$folder/jars/*")
id=$("${tool[@]}" kafka.tools.StorageTool random-uuid 2>uuid.log) || { cat uuid.log; exit 4; }
"${tool[@]}" kafka.tools.StorageTool format -t "$id" -c server.properties >format.log 2>&1 || { cat format.log; exit 4; }
"${tool[@]}" -Xmx256m kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

cat >send.mjs <<'JS'
import {Kafka, logLevel} from 'kafkajs'

const producer = new Kafka({brokers: [`127.0.0.1:${process.argv[2]}`], logLevel: logLevel.NOTHING}).producer()
await producer.connect()
await producer.send({topic: 'kafkajs', messages: [{value: 'first'}]})
const [{baseOffset}] = await producer.send({topic: 'kafkajs', messages: [{value: 'lost'}]})
console.log(baseOffset)
process.exit()
JS
cat >twice.py <<'PY'
import asyncio, logging, socket, struct, subprocess, sys, threading, time
from importlib.metadata import version
import aiokafka, confluent_kafka, kafka
from kafka.admin import KafkaAdminClient, NewTopic

logging.disable(logging.CRITICAL)
PORT, INNER, OUTER = map(int, sys.argv[1:])
PRODUCE = 0

class Link:
    """Closes the connection in place of the answer to the next request that carries the record `lost`, once it is told to."""

    def __init__(self):
        self.armed, self.lost = False, 0
        self.listener = socket.create_server(("127.0.0.1", OUTER))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            server = socket.create_connection(("127.0.0.1", INNER))
            numbers = set()
            for source, end, look in ((client, server, self.request), (server, client, self.answer)):
                threading.Thread(target=self.pass_on, args=(source, end, look, numbers), daemon=True).start()

    def pass_on(self, source, end, look, numbers):
        stream = source.makefile("rb")
        try:
            while (length := stream.read(4)) and len(length) == 4:
                packet = stream.read(struct.unpack(">i", length)[0])
                if look(packet, numbers):
                    break
                end.sendall(length + packet)
        except OSError:
            pass
        for each in (source, end):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def request(self, packet, numbers):
        kind, _, number = struct.unpack(">hhi", packet[:8])
        if self.armed and kind == PRODUCE and b"lost" in packet:
            self.armed = False
            numbers.add(number)

    def answer(self, packet, numbers):
        if struct.unpack(">i", packet[:4])[0] in numbers:
            self.lost += 1
            return True

def with_kafka_python():
    producer = kafka.KafkaProducer(bootstrap_servers=f"127.0.0.1:{OUTER}")
    producer.send("kafka-python", b"first").get(20)
    return producer.send("kafka-python", b"lost").get(20).offset

def with_confluent():
    producer, offsets = confluent_kafka.Producer({"bootstrap.servers": f"127.0.0.1:{OUTER}", "log_level": 0}), []
    for value in (b"first", b"lost"):
        producer.produce("confluent-kafka", value, on_delivery=lambda error, message: offsets.append(error or message.offset()))
        producer.flush(20)
    return offsets[-1]

def with_aiokafka():
    async def send():
        async with aiokafka.AIOKafkaProducer(bootstrap_servers=f"127.0.0.1:{OUTER}") as producer:
            await producer.send_and_wait("aiokafka", b"first")
            return (await producer.send_and_wait("aiokafka", b"lost")).offset
    return asyncio.run(asyncio.wait_for(send(), 30))

def with_kafkajs():
    return int(subprocess.run(["node", "send.mjs", str(OUTER)], capture_output=True, text=True, timeout=30, check=True).stdout)

def read(topic):
    consumer = kafka.KafkaConsumer(bootstrap_servers=f"127.0.0.1:{PORT}", auto_offset_reset="earliest")
    partition = kafka.TopicPartition(topic, 0)
    consumer.assign([partition])
    end, records = consumer.end_offsets([partition])[partition], []
    while consumer.position(partition) < end:
        records += [record.value.decode() for batch in consumer.poll(1000).values() for record in batch]
    consumer.close()
    return records

clients = {"kafka-python": with_kafka_python, "confluent-kafka": with_confluent, "aiokafka": with_aiokafka, "kafkajs": with_kafkajs}
for tries in range(100):
    try:
        admin = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{PORT}")
        break
    except Exception:
        if tries == 99:
            raise
        time.sleep(0.3)
admin.create_topics([NewTopic(name, 1, 1) for name in clients])
admin.close()
link, found = Link(), {}
for name, send in clients.items():
    link.armed, link.lost = True, 0
    offset = send()
    records = read(name)
    found[name] = offset, records.count("lost"), link.lost
    label = "kafkajs 2.2.4" if name == "kafkajs" else f"{name} {version(name)}"
    print(f"{label}: {link.lost} answer lost, the call returns offset {offset}, records {' '.join(records)}", flush=True)
fits = found.pop("kafka-python") == (1, 1, 1) and all(each == (2, 2, 1) for each in found.values())
sys.exit(0 if fits else 1)
PY
ls jars | grep -E '^kafka_2'
timeout 120 venv/bin/python twice.py "$port" "$inner" "$outer"
