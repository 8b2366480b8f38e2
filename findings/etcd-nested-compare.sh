#!/usr/bin/env bash
# What one would guess: the operations of an etcd transaction are done in order, so a nested transaction that comes after a put
#   compares against what was put, as a get after the put returns it.
# What happens: the get returns it, and the comparison does not see it: all comparisons, nested ones too, are decided before the first
#   operation is done. Two nested "put unless it exists" of one key in one transaction both find that it does not exist.
# Why a user of chaos meets it: a transactional workload that maps its micro-operations to nested transactions gets reads and
#   compare-and-sets of one transaction that contradict each other, an internal anomaly that is none of a fault's making.
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

cat >"$folder/txn.py" <<'PY'
import base64, json, sys, urllib.request

encode = lambda text: base64.b64encode(text.encode()).decode()
def txn(body):
    request = urllib.request.Request(f"http://127.0.0.1:{sys.argv[1]}/v3/kv/txn", json.dumps(body).encode())
    return json.load(urllib.request.urlopen(request, timeout=5))["responses"]
put = lambda key: {"request_put": {"key": encode(key), "value": encode("1")}}
get = lambda key: {"request_range": {"key": encode(key)}}
def unless(key, then):
    missing = {"key": encode(key), "target": "VERSION", "result": "EQUAL", "version": 0}
    return {"request_txn": {"compare": [missing], "success": [put(then)]}}

put_, read, nested = txn({"success": [put("k"), get("k"), unless("k", "other")]})
found = len(read["response_range"].get("kvs", []))
absent = nested["response_txn"].get("succeeded", False)
print("put k, get k, then compare in one transaction: the get finds", found, "| nested `k does not exist` is", absent)
first, second = txn({"success": [unless("n", "n"), unless("n", "m")]})
both = [part["response_txn"].get("succeeded", False) for part in (first, second)]
print("two nested `put unless n exists`:", both)
sys.exit(0 if found == 1 and absent and both == [True, True] else 1)
PY
python3 "$folder/txn.py" "$port"
