#!/usr/bin/env bash
# What one would guess: `XREADGROUP … STREAMS s 0` of Redis, with which a consumer looks at what it was given and has not acknowledged, only
#   reads; and a consumer whose message was claimed by another one cannot acknowledge it any more.
# What happens: each look counts as a delivery and begins the idle time again. A consumer that looks every so often keeps its messages from
#   ever being claimed, though it does nothing with them, and a limit of deliveries is reached by looking. And anybody's XACK is good:
#   it takes the message out of the hands of the one who has claimed it.
# Why a user of chaos meets it: a consumer that connects again after each cut and asks for its history, as the manual advises, is "alive":
#   elements do not come back in time, or go to the dead-letter stream after five cuts; after a pause the late XACK loses the element.
# Versions: redis-server 7.0.15 (Debian 12), npm ioredis 6.0.0, Node 20. 2026-11-29.
set -euo pipefail

for need in redis-server npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install redis-server npm"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ioredis@6.0.0
redis-server --version | cut -d' ' -f1-3
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >server.log 2>&1 &
server=$!

cat >history.mjs <<'JS'
import {setTimeout as sleep} from 'node:timers/promises'
import {Redis} from 'ioredis'

const redis = new Redis(Number(process.argv[2]))
await redis.xgroup('CREATE', 's', 'group', '$', 'MKSTREAM')
const id = await redis.xadd('s', '*', 'element', '1')
const pending = async () => {
  const [one] = await redis.xpending('s', 'group', '-', '+', 1)
  return one === undefined ? 'nobody' : {who: one[1], idle: one[2], deliveries: one[3]}
}
const claim = async () => (await redis.xautoclaim('s', 'group', 'other', 1000, '0'))[1].length

await redis.xreadgroup('GROUP', 'group', 'one', 'COUNT', 1, 'STREAMS', 's', '>')
let claimed = 0
for (let look = 0; look < 5; look++) {
  await sleep(600)
  await redis.xreadgroup('GROUP', 'group', 'one', 'STREAMS', 's', '0')
  claimed += await claim()
}
const looked = await pending()
console.log('3 s with five looks at its history: claimed by another after 1 s of idleness:', claimed, '|', looked)
await sleep(1200)
const later = await claim()
const held = await pending()
console.log('1.2 s without a look: claimed:', later, '|', held)
const acknowledged = await redis.xack('s', 'group', id)
const after = await pending()
console.log('the first one acknowledges:', acknowledged, '| it is with:', after)
redis.disconnect()
process.exit(claimed === 0 && looked.deliveries === 6 && later === 1 && held.who === 'other' && acknowledged === 1 && after === 'nobody' ? 0 : 1)
JS
timeout 30 node history.mjs "$port"
