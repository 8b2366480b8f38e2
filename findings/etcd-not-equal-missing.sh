#!/usr/bin/env bash
# What one would guess: in a transaction of etcd, `value(key) != "x"` holds for a key that does not exist, as version, create and mod
#   revision and lease do, which count as 0 there.
# What happens: every comparison of the value of a missing key is false, also `!=`, and also `= ""`. "Put unless it is x already"
#   takes the else branch: the put is not done, and the answer is an ordinary `succeeded: false`.
# Why a user of chaos meets it: a compare-and-set or "set unless equal" written as one comparison fails for ever on a fresh key, and
#   a model that allows it to succeed convicts etcd.
# Versions: etcd 3.4.23 (Debian 12), its JSON gateway by curl. 2026-11-29.
set -euo pipefail

for need in etcd curl python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install etcd-server curl python3"; exit 4; }; done
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
etcd --version | sed -n 1p
read -r port peer < <(python3 -c 'import socket
a, b = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
etcd --data-dir "$folder/data" --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
  --listen-peer-urls "http://127.0.0.1:$peer" --log-level error >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 50); do curl -sf "http://127.0.0.1:$port/health" >/dev/null && break; sleep 0.2; done

# `missing` and `x` and the key that is there in base64.
compare() {
  curl -sf "http://127.0.0.1:$port/v3/kv/txn" -d "{\"compare\":[{\"key\":\"$1\",$2}],\"success\":[],\"failure\":[]}" |
    python3 -c 'import json, sys; print(str(json.load(sys.stdin).get("succeeded", False)).lower())'
}
encode() { printf %s "$1" | base64; }
curl -sf "http://127.0.0.1:$port/v3/kv/put" -d "{\"key\":\"$(encode there)\",\"value\":\"$(encode y)\"}" >/dev/null
value='"target":"VALUE","value":"'$(encode x)'"'
there=$(compare "$(encode there)" "\"result\":\"NOT_EQUAL\",$value")
unequal=$(compare "$(encode missing)" "\"result\":\"NOT_EQUAL\",$value")
empty=$(compare "$(encode missing)" '"result":"EQUAL","target":"VALUE","value":""')
version=$(compare "$(encode missing)" '"result":"NOT_EQUAL","target":"VERSION","version":5')
echo "a key with value y:  value != x   $there"
echo "a missing key:       value != x   $unequal"
echo "a missing key:       value = \"\"   $empty"
echo "a missing key:       version != 5 $version"
[ "$there $unequal $empty $version" = "true false false true" ]
