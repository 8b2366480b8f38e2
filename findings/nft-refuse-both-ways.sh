#!/usr/bin/env bash
# One would guess: two machines that each refuse the other's packets ("reject with tcp reset") refuse connections at once.
# What happens: nothing is refused. Each side's reset is itself met by the other side's rule, which sends no reset in answer to
# one and drops it: the connection hangs as behind a black hole. One side alone refuses at once; both do once resets are let through.
# Why a user of chaos meets it: a partition with refusal, by rules on the machines themselves, is a black hole instead, and a
# client that is quick to try elsewhere looks slow. (Proxies, and rules on a router between, refuse as one thinks.)
# Versions: nftables 1.0.6, Linux 6.x. 2026-11-29. Needs root or user namespaces, iproute2, nftables, python3. No chaos.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
for tool in nft ip unshare nsenter python3; do
  command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install nftables iproute2 util-linux python3)"; exit 3; }
done
if [ "${INSIDE-}" != 1 ]; then
  [ "$(id -u)" = 0 ] && INSIDE=1 exec unshare --net --pid --fork --mount-proc --kill-child -- bash "$0"
  INSIDE=1 exec unshare --user --map-root-user --net --pid --fork --mount-proc --kill-child -- bash "$0"
fi
nft --version; uname -r
# The other machine: a namespace held by a sleeping process, with a server.
unshare --net sleep 300 &
other=$! server=
trap 'kill $other ${server:-} 2>/dev/null || true' EXIT
until [ "$(readlink /proc/$other/ns/net 2>/dev/null)" != "$(readlink /proc/self/ns/net)" ] && [ -e /proc/$other/ns/net ]; do sleep 0.05; done
there() { nsenter --net="/proc/$other/ns/net" -- "$@"; }
ip link set lo up
ip link add here type veth peer name there netns "$other"
ip addr add 10.99.0.1/24 dev here; ip link set here up
there ip addr add 10.99.0.2/24 dev there; there ip link set there up; there ip link set lo up
there python3 -m http.server --bind 10.99.0.2 8000 >/dev/null 2>&1 &
server=$!

ask() { python3 - <<'PY'
import socket
s = socket.socket(); s.settimeout(2)
try: s.connect(('10.99.0.2', 8000)); print('connected')
except ConnectionRefusedError: print('refused')
except TimeoutError: print('silence')
PY
}
rules() { echo "table inet t { chain c { type filter hook input priority 0; ip saddr $1 $2; }; }"; }
none() { nft flush ruleset; there nft flush ruleset; }
until [ "$(ask)" = connected ]; do sleep 0.1; done

rules 10.99.0.1 'meta l4proto tcp reject with tcp reset' | there nft -f -
one=$(ask)
rules 10.99.0.2 'meta l4proto tcp reject with tcp reset' | nft -f -
both=$(ask)
none
rules 10.99.0.1 'tcp flags & rst == 0 reject with tcp reset' | there nft -f -
rules 10.99.0.2 'tcp flags & rst == 0 reject with tcp reset' | nft -f -
let_through=$(ask)
echo "the server's side refuses:                 $one"
echo "both sides refuse:                         $both"
echo "both refuse all but resets:                $let_through"
[ "$one $both $let_through" = "refused silence refused" ] || { echo "behaves differently now"; exit 1; }
