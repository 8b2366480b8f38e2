#!/usr/bin/env bash
# What one would guess: with `executeWithOptimisticLocking` and a version column jOOQ refuses to write a record that somebody else has changed
#   since it was read, whichever way it is written.
# What happens: `store()` throws DataChangedException. `batchUpdate(record)` and `batchStore(record)` end well: nothing is written, a 0 in the
#   array of counts tells, and the record says that it has no change left, so that a later `store()` writes nothing either.
#   `executeUpdate(record)` looks at no version and counts none up: the other's change is overwritten, and nobody can see it.
# Why a user of chaos meets it: updates that are acknowledged and lost, or that overwrite others', without a fault: the register, counter and
#   bank checkers convict the database.
# Versions: Maven jooq 3.19.39, H2 2.4.240, Java 17. 2026-11-30.
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
    <dependency><groupId>org.jooq</groupId><artifactId>jooq</artifactId><version>3.19.39</version></dependency>
    <dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId><version>2.4.240</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B --strict-checksums dependency:copy-dependencies -DoutputDirectory="$folder/jars" >mvn.log 2>&1 || { cat mvn.log; exit 4; }
cat >Stale.java <<'JAVA'
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TableField;
import org.jooq.UniqueKey;
import org.jooq.conf.Settings;
import org.jooq.exception.DataChangedException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.TableImpl;
import org.jooq.impl.UpdatableRecordImpl;

public class Stale {
  /** What jOOQ's generator writes for a table with a version column. */
  static class Accounts extends TableImpl<Account> {
    final TableField<Account, Integer> id = createField(DSL.name("ID"), SQLDataType.INTEGER.nullable(false));
    final TableField<Account, Integer> balance = createField(DSL.name("BALANCE"), SQLDataType.INTEGER);
    final TableField<Account, Integer> version = createField(DSL.name("VERSION"), SQLDataType.INTEGER);

    Accounts() {
      super(DSL.name("ACCOUNTS"));
    }

    @Override
    public UniqueKey<Account> getPrimaryKey() {
      return org.jooq.impl.Internal.createUniqueKey(this, DSL.name("KEY"), id);
    }

    @Override
    public TableField<Account, Integer> getRecordVersion() {
      return version;
    }

    @Override
    public Class<Account> getRecordType() {
      return Account.class;
    }
  }

  static final Accounts ACCOUNTS = new Accounts();

  public static class Account extends UpdatableRecordImpl<Account> {
    public Account() {
      super(ACCOUNTS);
    }
  }

  interface Write {
    Object of(DSLContext database, Account record);
  }

  /** Two read the balance of 100. One adds 10 and stores it, then the other adds 5 and writes it in one of these ways. */
  static String told(DSLContext database, int id, Write write) {
    var made = database.newRecord(ACCOUNTS);
    made.set(ACCOUNTS.id, id);
    made.set(ACCOUNTS.balance, 100);
    made.store();
    var first = database.fetchOne(ACCOUNTS, ACCOUNTS.id.eq(id));
    var second = database.fetchOne(ACCOUNTS, ACCOUNTS.id.eq(id));
    first.set(ACCOUNTS.balance, 110);
    first.store();
    second.set(ACCOUNTS.balance, 105);
    String said;
    try {
      said = "returns " + write.of(database, second);
    } catch (DataChangedException refused) {
      said = "throws DataChangedException";
    }
    var now = database.fetchOne(ACCOUNTS, ACCOUNTS.id.eq(id));
    return said + (second.changed() ? ", the record has a change" : ", the record has no change left") + ", in the table: " + now.get(ACCOUNTS.balance)
      + " of version " + now.get(ACCOUNTS.version);
  }

  public static void main(String[] args) throws Exception {
    var connection = DriverManager.getConnection("jdbc:h2:mem:accounts");
    connection.createStatement().execute("CREATE TABLE accounts (id INT PRIMARY KEY, balance INT, version INT)");
    var database = DSL.using(connection, SQLDialect.H2, new Settings().withExecuteWithOptimisticLocking(true));
    var ways = new TreeMap<String, Write>(Map.of(
      "store", (on, record) -> record.store(),
      "batchUpdate", (on, record) -> Arrays.toString(on.batchUpdate(record).execute()),
      "batchStore", (on, record) -> Arrays.toString(on.batchStore(record).execute()),
      "executeUpdate", (on, record) -> on.executeUpdate(record)));
    var told = new ArrayList<String>();
    ways.forEach((name, way) -> told.add(name + ": " + told(database, told.size(), way)));
    told.forEach(System.out::println);
    System.exit(told.equals(List.of(
      "batchStore: returns [0], the record has no change left, in the table: 110 of version 2",
      "batchUpdate: returns [0], the record has no change left, in the table: 110 of version 2",
      "executeUpdate: returns 1, the record has a change, in the table: 105 of version 2",
      "store: throws DataChangedException, the record has a change, in the table: 110 of version 2")) ? 0 : 1);
  }
}
JAVA
ls jars | grep -E '^(jooq|h2)'
javac -Xlint:none -cp "jars/*" Stale.java 2>javac.log || { cat javac.log; exit 4; }
timeout 60 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -Dorg.jooq.no-logo=true -Dorg.jooq.no-tips=true -cp "jars/*:." Stale 2>stale.log || { code=$?; tail -3 stale.log; exit $code; }
