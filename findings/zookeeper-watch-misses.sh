#!/usr/bin/env bash
# What one would guess: a watch of ZooKeeper whose client was cut off for a moment, and whose node changed meanwhile, is told so when the
#   session goes on: a persistent watch, which stays in force by itself, as much as an ordinary one.
# What happens: the ordinary one is told, the persistent and the recursive one never are: they go on with the next change. All that
#   the watcher gets is Disconnected and SyncConnected; the client has set the watches again, the server compares nothing.
# Why a user of chaos meets it: a cache, or a list of members, that is kept by `addWatch` stays wrong after a cut of half a second, within
#   one session, until the node happens to change again: a read from it convicts the cluster as *stale*.
# Versions: ZooKeeper 3.8.0, server and Java client (Debian 12), Java 17. 2026-11-30.
set -euo pipefail

jars=/usr/share/java
[ -e $jars/zookeeper.jar ] || { echo "ZooKeeper is not installed: apt-get install zookeeper"; exit 4; }
for need in java javac python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install default-jdk-headless python3"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
printf '%s\n' tickTime=1000 "dataDir=$folder/data" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >zoo.cfg
cat >Watches.java <<'JAVA'
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Version;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

public class Watches {
  /** Stands between the client and the server, and can be cut. */
  static class Wire {
    final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<Socket> open = new CopyOnWriteArrayList<>();
    volatile boolean cut;

    Wire(int port) throws IOException {
      background(() -> {
        while (true) {
          var client = listener.accept();
          if (cut) {
            client.close();
            continue;
          }
          var server = new Socket("127.0.0.1", port);
          open.addAll(List.of(client, server));
          background(() -> client.getInputStream().transferTo(server.getOutputStream()), client, server);
          background(() -> server.getInputStream().transferTo(client.getOutputStream()), client, server);
        }
      });
    }

    interface Work {
      void run() throws IOException;
    }

    static void background(Work work, Socket... ends) {
      var thread = new Thread(() -> {
        try {
          work.run();
        } catch (IOException gone) {
          // The other end is told by the close below.
        }
        for (var each : ends) close(each);
      });
      thread.setDaemon(true);
      thread.start();
    }

    static void close(Socket socket) {
      try {
        socket.close();
      } catch (IOException gone) {
        // It is closed all the same.
      }
    }

    void cut() {
      cut = true;
      for (var each : open) close(each);
    }
  }

  /** What the watches of one kind were told, in order. */
  static class Told implements Watcher {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    public void process(WatchedEvent event) {
      events.add(event.getType() == EventType.None ? event.getState().toString() : event.getType() + " " + event.getPath());
    }

    List<String> all() {
      var all = new ArrayList<String>();
      events.drainTo(all);
      return all;
    }
  }

  static ZooKeeper connect(int port, BlockingQueue<KeeperState> states) throws Exception {
    var client = new ZooKeeper("127.0.0.1:" + port, 15_000, event -> {
      if (event.getType() == EventType.None) states.add(event.getState());
    });
    while (states.take() != KeeperState.SyncConnected) {}
    return client;
  }

  static final List<String> kinds = List.of("ordinary", "persistent", "recursive");

  static void change(ZooKeeper client, String to) throws Exception {
    for (var kind : kinds) client.setData("/" + kind, to.getBytes(), -1);
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    System.out.println("ZooKeeper " + Version.getVersion());
    var other = connect(port, new LinkedBlockingQueue<>());
    for (var kind : kinds) other.create("/" + kind, "0".getBytes(), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    var wire = new Wire(port);
    var states = new LinkedBlockingQueue<KeeperState>();
    var watching = connect(wire.listener.getLocalPort(), states);
    var session = watching.getSessionId();
    var told = new TreeMap<String, Told>();
    for (var kind : kinds) told.put(kind, new Told());
    watching.getData("/ordinary", told.get("ordinary"), null);
    watching.addWatch("/persistent", told.get("persistent"), AddWatchMode.PERSISTENT);
    watching.addWatch("/recursive", told.get("recursive"), AddWatchMode.PERSISTENT_RECURSIVE);
    change(other, "1");
    for (var kind : kinds) System.out.println(kind + ", connected: " + told.get(kind).events.take());
    watching.getData("/ordinary", told.get("ordinary"), null);

    wire.cut();
    while (states.take() != KeeperState.Disconnected) {}
    change(other, "2");
    wire.cut = false;
    while (states.take() != KeeperState.SyncConnected) {}
    // An event of a change comes before the answer to a read of it: whatever would come is here by then.
    for (var kind : kinds) watching.getData("/" + kind, false, null);
    Thread.sleep(1000);
    boolean asSeen = watching.getSessionId() == session;
    System.out.println("same session after the cut: " + asSeen);
    var missed = Map.of("ordinary", false, "persistent", true, "recursive", true);
    for (var kind : kinds) {
      var events = told.get(kind).all();
      System.out.println(kind + ", changed while cut off: " + events);
      asSeen &= events.contains("NodeDataChanged /" + kind) != missed.get(kind);
    }
    change(other, "3");
    for (var kind : List.of("persistent", "recursive")) System.out.println(kind + ", changed once more: " + told.get(kind).events.take());
    System.exit(asSeen ? 0 : 1);
  }
}
JAVA
javac -cp $jars/zookeeper.jar Watches.java
java -Xmx128m -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg >server.log 2>&1 &
server=$!
timeout 60 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" -cp "$jars/zookeeper.jar:$jars/slf4j-nop.jar:." Watches "$port" 2>watches.log ||
  { code=$?; tail -3 watches.log; exit $code; }
