#!/usr/bin/env bash
# What one would guess: a consumer of Kafka with automatic commits, as it comes, commits what it has done: a message that a worker was working on when
#   it was killed is given to the next one, since the commit takes place when the next message is asked for, as in Java.
# What happens: confluent-kafka and aiokafka count a message as done when they hand it out, and commit in the background: the message in the
#   worker's hands is committed within the interval, and a kill loses it. kafka-python and kafkajs give it out again.
# Why a user of chaos meets it: under `kill` a workload that takes for granted that each message is handled at least once finds *lost-element*,
#   in one client and not in another, against the same broker.
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
read -r port controller < <(python3 -c 'import socket
print(*(s.getsockname()[1] for s in [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]))')
cat >server.properties <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.dirs=$folder/data
PROPERTIES
tool=(java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$folder/jars/*")
id=$("${tool[@]}" kafka.tools.StorageTool random-uuid 2>uuid.log) || { cat uuid.log; exit 4; }
"${tool[@]}" kafka.tools.StorageTool format -t "$id" -c server.properties >format.log 2>&1 || { cat format.log; exit 4; }
"${tool[@]}" -Xmx256m kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!

# Four workers that say which message they have got, and take long over it. Commits are as the libraries make them, each second.
cat >with-confluent-kafka.py <<'PY'
import sys, time, confluent_kafka
consumer = confluent_kafka.Consumer({"bootstrap.servers": sys.argv[1], "group.id": sys.argv[2], "auto.offset.reset": "earliest", "auto.commit.interval.ms": 1000})
consumer.subscribe(["work"])
while True:
    message = consumer.poll(1)
    if message and not message.error():
        print(message.value().decode(), flush=True)
        time.sleep(10)
PY
cat >with-aiokafka.py <<'PY'
import asyncio, sys
import aiokafka

async def work():
    async with aiokafka.AIOKafkaConsumer("work", bootstrap_servers=sys.argv[1], group_id=sys.argv[2], auto_offset_reset="earliest", auto_commit_interval_ms=1000) as consumer:
        async for message in consumer:
            print(message.value.decode(), flush=True)
            await asyncio.sleep(10)

asyncio.run(work())
PY
cat >with-kafka-python.py <<'PY'
import sys, time, kafka
for message in kafka.KafkaConsumer("work", bootstrap_servers=sys.argv[1], group_id=sys.argv[2], auto_offset_reset="earliest", auto_commit_interval_ms=1000):
    print(message.value.decode(), flush=True)
    time.sleep(10)
PY
cat >with-kafkajs.mjs <<'JS'
import {setTimeout as sleep} from 'node:timers/promises'
import {Kafka, logLevel} from 'kafkajs'

const consumer = new Kafka({brokers: [process.argv[2]], logLevel: logLevel.NOTHING}).consumer({groupId: process.argv[3]})
await consumer.connect()
await consumer.subscribe({topic: 'work', fromBeginning: true})
await consumer.run({autoCommitInterval: 1000, eachMessage: async ({message}) => {
  console.log(`${message.value}`)
  await sleep(10_000)
}})
JS
cat >hand.py <<'PY'
import logging, subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
import kafka
from kafka.admin import KafkaAdminClient, NewTopic

logging.disable(logging.CRITICAL)
server = f"127.0.0.1:{sys.argv[1]}"
for tries in range(100):
    try:
        admin = KafkaAdminClient(bootstrap_servers=server)
        break
    except Exception:
        if tries == 99:
            raise
        time.sleep(0.3)
admin.create_topics([NewTopic("work", 1, 1)])
producer = kafka.KafkaProducer(bootstrap_servers=server)
for number in range(4):
    producer.send("work", f"m{number}".encode()).get(20)
producer.close()
admin.close()

def first_of(command):
    """What a worker gets first; three seconds later it is killed, in the midst of it."""
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        message = worker.stdout.readline().strip()
        time.sleep(3)
    finally:
        worker.kill()
        worker.wait()
    return message

def both(name):
    command = ["node", "with-kafkajs.mjs"] if name == "kafkajs" else [sys.executable, f"with-{name}.py"]
    return [first_of([*command, server, f"group-{name}"]) for _ in range(2)]

# At the same time: the next worker of a group gets nothing until the killed one's session has ended, which takes most of a minute.
names = ("confluent-kafka", "aiokafka", "kafka-python", "kafkajs")
with ThreadPoolExecutor() as pool:
    found = dict(zip(names, pool.map(both, names)))
for name, (killed, following) in found.items():
    label = "kafkajs 2.2.4" if name == "kafkajs" else f"{name} {version(name)}"
    print(f"{label}: the first worker is killed while it works on {killed}, the next one of its group gets {following}")
lost, kept = ["m0", "m1"], ["m0", "m0"]
sys.exit(0 if found == {"confluent-kafka": lost, "aiokafka": lost, "kafka-python": kept, "kafkajs": kept} else 1)
PY
ls jars | grep -E '^kafka_2'
timeout 150 venv/bin/python hand.py "$port"
