#!/usr/bin/env bash
# What one would guess: what JetStream has acknowledged into a stream with `storage: file` is in a file; should the power fail, the last
# messages may be missing, as with `appendfsync everysec` of Redis.
# What happens: nothing of it is synced before two minutes are over (`sync_interval`), neither messages nor that there is a stream. The
# power fails 3 s after 200 messages were acknowledged, and the server that is started again says "stream not found".
# So it was 1, 4 and 8 s after; in one run 12 s after, the system had written everything by itself and all 200 were there.
# Why a user of chaos meets it: `chaos run nats --bug unsynced-streams`; without that bug `disk:power-cut` is refused for NATS unless
# --target-arg sync=always is given (nats-server 2.10 or newer), because NATS promises no more.
# Versions: nats-server 2.9.10 (Debian 12), nats 2.29.3 (npm), Linux 6.18, ext4 with its defaults. Date: 2026-11-29.
# Needs root (a file system of its own, in a namespace of its own), nats-server, node, npm, e2fsprogs, perl.
set -euo pipefail
for program in nats-server node npm mkfs.ext4 perl unshare; do
  command -v "$program" >/dev/null || { echo "missing: $program (apt-get install nats-server nodejs npm e2fsprogs perl util-linux)"; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "missing: root, to mount a file system"; exit 2; }
[ "${INSIDE:-}" = 1 ] || INSIDE=1 exec unshare --mount --propagation private "$0"

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; wait 2>/dev/null || true
  umount "$folder/disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
nats-server --version
uname -sr
npm install --silent --no-audit --no-fund --prefix "$folder" nats@2.29.3
truncate -s 128M "$folder/image" && mkfs.ext4 -q -F "$folder/image" && mkdir "$folder/disk"
mount -o loop "$folder/image" "$folder/disk"

up() {
  nats-server -a 127.0.0.1 -p "$port" -js -sd "$folder/disk" >>"$folder/log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  tail -5 "$folder/log"
  return 1
}

cat >"$folder/client.mjs" <<'JS'
import {connect} from 'nats'
const [, , port, what] = process.argv
const nc = await connect({servers: `127.0.0.1:${port}`})
const jsm = await nc.jetstreamManager()
if (what === 'publish') {
  await jsm.streams.add({name: 's', subjects: ['s.>'], storage: 'file'})
  for (let i = 1; i <= 200; i++) {
    const {seq} = await nc.jetstream().publish('s.x', Buffer.alloc(100, i))
    if (seq !== i) throw new Error(`acknowledged as ${seq}`)
  }
  console.log('200 messages acknowledged')
} else {
  const count = await jsm.streams.info('s').then(({state}) => state.messages, (error) => error.message)
  console.log(`after the power failure: ${count}`)
  process.exitCode = count === 200 ? 1 : 0
}
await nc.close()
JS

up
node "$folder/client.mjs" "$port" publish
sleep 3
# The power fails: nothing runs any more, and what was not synced never reaches the disk (FS_IOC_GOINGDOWN without a flush).
kill -STOP "$server"
perl -e 'sysopen(my $d, $ARGV[0], 0) or die; my $f = pack("L", 2); ioctl($d, 0x8004587d, $f) or die "$!"' "$folder/disk"
kill -9 "$server" && { wait "$server" 2>/dev/null || true; }
server=
umount "$folder/disk"
mount -o loop "$folder/image" "$folder/disk"
find "$folder/disk" -name '*.blk' -printf '%f: %s bytes came back\n'
up
node "$folder/client.mjs" "$port" look
