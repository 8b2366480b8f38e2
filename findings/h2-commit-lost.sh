#!/usr/bin/env bash
# What one would guess: what H2 has committed is handed to the operating system before it says so, and survives a kill -9 of its process, if
#   not a power failure; and its isolation level SERIALIZABLE is serializable.
# What happens: commits are written in the background, every half second (`WRITE_DELAY`): after a kill the last ones that were acknowledged
#   are gone: 6687 of 16019 here. With `WRITE_DELAY=0` in the address all are there. And SERIALIZABLE lets write skew through: two that each
#   read both of two rows and change one of them both commit. (A lost update is refused.)
# Why a user of chaos meets it: systems under test in Java keep their state in H2, whose server is a command of its jar: under `kill` alone,
#   without a disk fault, it is convicted of losing acknowledged writes, and as serializable of G2 without any fault.
# Versions: com.h2database:h2 2.4.240, Java 17. 2026-11-29.
set -euo pipefail

for need in java javac mvn; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven"; exit 4; }
done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId><version>2.4.240</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
cat >Probe.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

public class Probe {
  /** Connects to a server that may just be starting. */
  static Connection connect(String url) throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        return DriverManager.getConnection(url, "sa", "");
      } catch (SQLException notYet) {
        if (tries == 100) throw notYet;
        Thread.sleep(100);
      }
    }
  }

  static int number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement()) {
      var answer = statement.executeQuery(query);
      answer.next();
      return answer.getInt(1);
    }
  }

  static void run(Connection connection, String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (String each : statements) statement.execute(each);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String url = arguments[1];
    try (var connection = connect(url)) {
      switch (arguments[0]) {
        case "write" -> {
          run(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
          int acknowledged = 0;
          try (var insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
            for (long end = System.nanoTime() + 2_000_000_000L; System.nanoTime() < end; acknowledged++) {
              insert.setInt(1, acknowledged);
              insert.executeUpdate();
            }
          }
          ProcessHandle.of(Long.parseLong(arguments[2])).orElseThrow().destroyForcibly();
          System.out.println(acknowledged);
          System.exit(0);
        }
        case "count" -> System.out.println(number(connection, "SELECT COUNT(*) FROM t"));
        case "skew" -> {
          System.err.println("H2 " + connection.getMetaData().getDatabaseProductVersion() + ", Java " + System.getProperty("java.version"));
          run(connection, "CREATE TABLE oncall (id INT PRIMARY KEY, here INT)", "INSERT INTO oncall VALUES (1, 1), (2, 1)");
          try (var other = connect(url)) {
            for (Connection each : new Connection[] {connection, other}) {
              each.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
              each.setAutoCommit(false);
            }
            int one = number(connection, "SELECT SUM(here) FROM oncall");
            int two = number(other, "SELECT SUM(here) FROM oncall");
            run(connection, "UPDATE oncall SET here = 0 WHERE id = 1");
            run(other, "UPDATE oncall SET here = 0 WHERE id = 2");
            connection.commit();
            other.commit();
            System.err.println("serializable: on call seen by each: " + one + ", " + two + "; both leave, both commit");
            System.out.println(number(connection, "SELECT SUM(here) FROM oncall"));
          }
        }
      }
    }
  }
}
JAVA
javac -cp "jars/*" Probe.java
cat >Free.java <<'JAVA'
public class Free {
  public static void main(String[] none) throws Exception {
    try (var socket = new java.net.ServerSocket(0)) {
      System.out.println(socket.getLocalPort());
    }
  }
}
JAVA
port=$(java Free.java)
mkdir data
start() {
  java -Dh2.bindAddress=127.0.0.1 -cp "jars/*" org.h2.tools.Server -tcp -tcpPort "$port" -baseDir "$folder/data" -ifNotExists >>server.log 2>&1 &
  server=$!
}
probe() { timeout 40 java -cp "jars/*:." Probe "$@"; }
url="jdbc:h2:tcp://127.0.0.1:$port/./"
start
left=$(probe skew "${url}skew")
echo "  left on call: $left"
lost=()
for option in '' ';WRITE_DELAY=0'; do
  acknowledged=$(probe write "${url}d${#lost[@]}$option" "$server")
  wait "$server" 2>wait.log || true
  start
  there=$(probe count "${url}d$((${#lost[@]}))$option")
  echo "address ends in \"$option\": acknowledged $acknowledged, there after kill -9 and start $there"
  lost+=($((acknowledged - there)))
done
[ "$left" = 0 ] && [ "${lost[0]}" -gt 0 ] && [ "${lost[1]}" = 0 ]
