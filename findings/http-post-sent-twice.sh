#!/usr/bin/env bash
# What one would guess: a POST whose connection is cut before an answer ends in an error, and is not sent again by itself: it may
#   have been done. With PUT and DELETE, which may be repeated, only who asks for retries gets them.
# What happens: on a connection that has carried a request before, `curl` and Java's HttpURLConnection send the POST again on a new
#   connection and report 200. aiohttp and urllib3 do so with PUT and DELETE; aiohttp counts no retry, urllib3 does by default.
#   Java's newer HttpClient, and `fetch` of Node, end in an error.
# Why a user of chaos meets it: a client of a system under test that speaks HTTP records one operation where the server did two,
#   which reads as a counter that counts twice or an element enqueued twice. A cut connection is what chaos makes.
# Versions: curl 7.88.1, Java 17, Node 20, aiohttp 3.14.5, urllib3 2.8.0 (PyPI). 2026-11-29.
set -euo pipefail

for need in curl java python3 node; do
  command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install curl default-jdk-headless python3-venv nodejs"; exit 4; }
done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q install aiohttp==3.14.5 urllib3==2.8.0
curl --version | sed -n 1p | cut -d' ' -f1-2
java -version 2>&1 | sed -n 1p
echo "node $(node --version), aiohttp 3.14.5, urllib3 2.8.0"

# Answers the first request of every connection. Reads the second whole, then closes the connection.
cat >server.mjs <<'JS'
import {createServer} from 'node:net'

const counts = {}
createServer((socket) => {
  let requests = 0
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    text += data.toString('latin1')
    for (;;) {
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0)
      if (text.length < head + 4 + length) return
      const [method, path] = text.split(' ')
      text = text.slice(head + 4 + length)
      const answer = (body) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
      if (path === '/counts') return answer(JSON.stringify(counts))
      counts[`${method} ${path}`] = (counts[`${method} ${path}`] ?? 0) + 1
      if (++requests === 2) return socket.destroy()
      answer('ok')
    }
  })
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port)
})
JS
node server.mjs >port &
server=$!
until [ -s port ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat port)"

cat >Client.java <<'JAVA'
import java.net.*;
import java.net.http.*;

public class Client {
  public static void main(String[] args) throws Exception {
    String url = args[0];
    ((HttpURLConnection) new URL(url + "/warm").openConnection()).getInputStream().readAllBytes();
    var old = (HttpURLConnection) new URL(url + "/HttpURLConnection").openConnection();
    old.setRequestMethod("POST");
    old.setDoOutput(true);
    old.getOutputStream().write('x');
    System.out.println("HttpURLConnection POST: " + old.getResponseCode());
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var text = HttpResponse.BodyHandlers.ofString();
    client.send(HttpRequest.newBuilder(URI.create(url + "/warm")).build(), text);
    try {
      var post = HttpRequest.newBuilder(URI.create(url + "/HttpClient")).POST(HttpRequest.BodyPublishers.ofString("x")).build();
      System.out.println("HttpClient POST: " + client.send(post, text).statusCode());
    } catch (java.io.IOException error) {
      System.out.println("HttpClient POST: " + error.getMessage());
    }
    System.exit(0);
  }
}
JAVA
cat >client.py <<'PY'
import asyncio, sys
import aiohttp, urllib3

url = sys.argv[1]
async def ask(method):
    async with aiohttp.ClientSession() as session:
        async with session.get(url + "/warm") as answer:
            await answer.read()
        async with session.request(method, url + "/aiohttp", data=b"x") as answer:
            return answer.status
for method in ("PUT", "DELETE"):
    print("aiohttp", method + ":", asyncio.run(ask(method)))
    pool = urllib3.PoolManager()
    pool.request("GET", url + "/warm")
    print("urllib3", method + ":", pool.request(method, url + "/urllib3", body=b"x").status)
PY
cat >client.mjs <<'JS'
const url = process.argv[2]
await (await fetch(`${url}/warm`)).text()
await new Promise((resolve) => setTimeout(resolve, 50))
const post = fetch(`${url}/fetch`, {method: 'POST', body: 'x'})
console.log('fetch POST:', await post.then((answer) => answer.status, (error) => error.cause?.code))
JS
echo -n "curl POST: "
curl -s -o warm "$url/warm" --next -s -o answer -d x -w '%{http_code}\n' "$url/curl"
timeout 60 java -XX:-UsePerfData "-Djava.io.tmpdir=$folder" Client.java "$url" 2>&1
timeout 30 venv/bin/python client.py "$url"
timeout 30 node client.mjs "$url"

counts=$(curl -s "$url/counts")
echo "what the server did: $counts"
for twice in "POST /curl" "POST /HttpURLConnection" "PUT /aiohttp" "DELETE /aiohttp" "PUT /urllib3" "DELETE /urllib3"; do
  grep -qF "\"$twice\":2" <<<"$counts" || { echo "changed: $twice was not done twice"; exit 1; }
done
for once in "POST /HttpClient" "POST /fetch"; do
  grep -qF "\"$once\":1" <<<"$counts" || { echo "changed: $once was not done once"; exit 1; }
done
