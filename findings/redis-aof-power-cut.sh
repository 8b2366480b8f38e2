#!/usr/bin/env bash
# What one would guess: Redis with `aof-load-truncated yes` (its default) starts by itself after the power failed in the midst of
# appending: the documentation says that a truncated last command is cut off.
# What happens: on ext4, if another file was synced just before, the file often comes back longer than what was synced of it, with zeros at its end; that is no
# truncated command but a wrong one, and Redis refuses to start: "Bad file format reading the append only file: make a backup of your
# AOF file, then use ./redis-check-aof --fix". Somebody has to run that by hand.
# Why a user of chaos meets it: `chaos run redis --nemesis disk:power-cut`; without that command no node would come back.
# Versions: redis 7.0.15 (Debian 12), Linux 6.18, ext4 with its defaults. Date: 2026-11-29.
# Needs root (a file system of its own, in a namespace of its own), redis-server, e2fsprogs, perl.
set -euo pipefail
for program in redis-server redis-cli mkfs.ext4 perl unshare; do
  command -v "$program" >/dev/null || { echo "missing: $program (apt-get install redis-server e2fsprogs perl util-linux)"; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "missing: root, to mount a file system"; exit 2; }
[ "${INSIDE:-}" = 1 ] || INSIDE=1 exec unshare --mount --propagation private bash "$0"

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; wait 2>/dev/null || true
  umount "$folder/disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
redis-server --version
uname -sr
truncate -s 128M "$folder/image" && mkfs.ext4 -q -F "$folder/image" && mkdir "$folder/disk"

up() { # starts it on the disk; fails where it ends
  (cd "$folder/disk" && exec redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly yes --appendfsync everysec \
    --aof-load-truncated yes --daemonize no) >"$folder/log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    redis-cli -p "$port" ping 2>/dev/null | grep -q PONG && return 0
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

refused=0
for try in 1 2 3 4 5 6; do
  mount -o loop "$folder/image" "$folder/disk"
  up || { echo "did not start on a sound disk"; exit 1; }
  # Small writes, one after the other, each acknowledged.
  timeout 2.4 redis-benchmark -p "$port" -c 1 -n 10000000 -r 1000 set key:__rand_int__ value >/dev/null 2>&1 || true
  kill -STOP "$server"
  # Some other program of the machine syncs a file of its own, and with it the journal: the size of the append-only file is kept
  # there, what was appended is not.
  dd if=/dev/zero of="$folder/disk/other" bs=1 count=1 conv=fsync status=none
  # The power fails: FS_IOC_GOINGDOWN without a flush. What was not synced never reaches the disk.
  perl -e 'sysopen(my $d, $ARGV[0], 0) or die; my $f = pack("L", 2); ioctl($d, 0x8004587d, $f) or die "$!"' "$folder/disk"
  kill -9 "$server" && wait "$server" 2>/dev/null || true
  umount "$folder/disk"
  mount -o loop "$folder/image" "$folder/disk"
  file=$(ls "$folder"/disk/appendonlydir/*.incr.aof)
  echo "try $try: $(stat -c %s "$file") bytes came back, $(tr -d '\0' <"$file" | wc -c) of them not zero"
  if up; then
    kill -9 "$server" && wait "$server" 2>/dev/null || true
  else
    refused=$((refused + 1))
    grep -h "Bad file format" "$folder/log" | tail -1
  fi
  server=
  rm -rf "$folder"/disk/appendonlydir
  umount "$folder/disk"
done
echo "refused to start after $refused of 6 power cuts"
[ "$refused" -gt 0 ]
