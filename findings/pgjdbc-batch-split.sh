#!/usr/bin/env bash
# What one would guess: with autocommit, `executeBatch()` of PostgreSQL's JDBC driver inserts all rows or none: it sends them in one go, and
#   PostgreSQL makes one transaction of what comes in one go. So it is for a batch of 100.
# What happens: to keep both sides from waiting for each other the driver ends the go, and with it the transaction, after some hundreds of
#   rows. Of 1000 rows of which the last but one is refused 767 are there; of 5000, 4863. The counts in the error tell the truth of each;
#   with `reWriteBatchedInserts=true` rows go in fewer, longer statements, and none of the 1000 is there.
# Why a user of chaos meets it: a batch of adds that ended in an error is neither *fail* nor undone: elements of it are there, how many
#   depends on the size of the batch and an option of the driver. Another way than MariaDB's (mariadb-batch-goes-on.sh).
# Versions: org.postgresql:postgresql 42.7.8, Java 17, PostgreSQL 15.18 (Debian 12). 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in java mvn python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless maven python3"; exit 4; }; done
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>42.7.8</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }

cat >Batch.java <<'JAVA'
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

public class Batch {
  /** Sends rows 0, 1, 2, … of which the last but one is 0 again; returns how many are there afterwards. */
  static int trial(Connection connection, int size) throws SQLException {
    String outcome = "ok";
    try (var rows = connection.prepareStatement("INSERT INTO t VALUES (?)"); var other = connection.createStatement()) {
      other.execute("TRUNCATE t");
      for (int i = 0; i < size; i++) {
        rows.setInt(1, i == size - 2 ? 0 : i);
        rows.addBatch();
      }
      try {
        rows.executeBatch();
      } catch (BatchUpdateException error) {
        int done = 0;
        for (int count : error.getUpdateCounts()) if (count != Statement.EXECUTE_FAILED) done++;
        outcome = error.getSQLState() + ", of " + error.getUpdateCounts().length + " counts " + done + " say done";
      }
      var answer = other.executeQuery("SELECT count(*) FROM t");
      answer.next();
      System.out.println("  batch of " + size + ": " + outcome + ", rows there: " + answer.getInt(1));
      return answer.getInt(1);
    }
  }

  public static void main(String[] arguments) throws SQLException {
    var there = new java.util.ArrayList<Integer>();
    for (String option : new String[] {"", "&reWriteBatchedInserts=true"}) {
      try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=postgres" + option)) {
        System.out.println(connection.getMetaData().getDriverName() + " " + connection.getMetaData().getDriverVersion() + ", Java "
            + System.getProperty("java.version") + (option.isEmpty() ? "" : ", " + option.substring(1)));
        try (var statement = connection.createStatement()) {
          statement.execute("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY)");
        }
        for (int size : new int[] {100, 1000, 5000}) there.add(trial(connection, size));
      }
    }
    boolean holds = there.get(0) == 0 && there.get(1) > 0 && there.get(1) < 999 && there.get(2) > 0 && there.get(2) < 4999;
    System.exit(holds && there.subList(3, 5).equals(java.util.List.of(0, 0)) ? 0 : 1);
  }
}
JAVA
timeout 60 java -cp "jars/*" Batch.java "$port"
