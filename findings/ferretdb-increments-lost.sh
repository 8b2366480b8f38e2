#!/usr/bin/env bash
# What one would guess: FerretDB changes a document at once, as MongoDB does: of two hundred `$inc` two hundred are counted, and what one
#   `findOneAndUpdate` has taken no other one takes. It is on PostgreSQL, which has all that this needs.
# What happens: it reads the document, changes it and writes it back, and nothing keeps another update from coming between. Of 200 `$inc`
#   that say `modifiedCount: 1` some 30 are counted, pushed elements are gone, and 60 calls that each took one of 40 waiting documents took
#   20 different ones (ten connections). Transactions it refuses ("unknown field"), so there is no way round it.
# Why a user of chaos meets it: a counter, set or queue over MongoDB's protocol is convicted without any fault, of lost updates and of
#   elements delivered twice, whatever PostgreSQL beneath it is set to.
# Versions: github.com/FerretDB/FerretDB 1.24.0, npm mongodb 6.20.0, PostgreSQL 15.18 (Debian 12), Node 20, Go 1.26. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in go node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install golang nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
as=()
ferret=
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '[ -z "$ferret" ] || kill "$ferret" 2>/dev/null || true; "${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkdir build client
cd build
export GOMODCACHE="$folder/modules" GOCACHE="$folder/cache" GOFLAGS='-modcacherw -mod=mod'
printf 'module finding\n\ngo 1.23\n' >go.mod
go get github.com/FerretDB/FerretDB/cmd/ferretdb@v1.24.0 >get.log 2>&1 || { cat get.log; exit 4; }
# A published module does not carry its version, which the program wants to know; it says to write it there.
echo v1.24.0 >"$folder/modules/github.com/!ferret!d!b/!ferret!d!b@v1.24.0/build/version/version.txt"
grep FerretDB go.mod
go build -o ferretdb github.com/FerretDB/FerretDB/cmd/ferretdb >build.log 2>&1 || { cat build.log; exit 4; }
cd ../client
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mongodb@6.20.0
$bin/postgres --version
cd ..
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
read -r sql port < <(node -e '
  const servers = [1, 2].map(() => require("net").createServer().listen(0, "127.0.0.1"))
  Promise.all(servers.map((s) => new Promise((r) => s.once("listening", r)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "))
    servers.forEach((s) => s.close())
  })')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $sql -k $folder -c listen_addresses=127.0.0.1" start >start.log
build/ferretdb --postgresql-url="postgres://postgres@127.0.0.1:$sql/postgres" --listen-addr="127.0.0.1:$port" --debug-addr=- --telemetry=disable \
  --state-dir="$folder/build" >ferret.log 2>&1 &
ferret=$!

cat >client/lost.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {MongoClient} from 'mongodb'

const client = await new MongoClient(`mongodb://127.0.0.1:${process.argv[2]}/?directConnection=true&maxPoolSize=10`).connect()
console.log('mongodb', JSON.parse(readFileSync('node_modules/mongodb/package.json', 'utf8')).version)
const things = client.db('finding').collection('things')
const many = (n, call) => Promise.all(Array.from({length: n}, (_, i) => call(i)))

await things.insertOne({_id: 'counter', n: 0, list: []})
const counted = await many(200, () => things.updateOne({_id: 'counter'}, {$inc: {n: 1}}))
const pushed = await many(200, (i) => things.updateOne({_id: 'counter'}, {$push: {list: i}}))
const {n, list} = await things.findOne({_id: 'counter'})
const said = (results) => results.filter(({modifiedCount}) => modifiedCount === 1).length
console.log(`$inc: ${said(counted)} say that they changed it, counted ${n}`)
console.log(`$push: ${said(pushed)} say that they changed it, elements ${list.length}`)

await things.insertMany(Array.from({length: 40}, (_, i) => ({_id: i, state: 'waiting'})))
const taken = (await many(60, () => things.findOneAndUpdate({state: 'waiting'}, {$set: {state: 'taken'}}))).filter((thing) => thing !== null)
const left = await things.countDocuments({state: 'waiting'})
const distinct = new Set(taken.map(({_id}) => _id)).size
console.log(`findOneAndUpdate: ${taken.length} calls took one of 40, ${distinct} different ones; still waiting ${left}`)

const session = client.startSession()
const refused = await session
  .withTransaction(() => things.updateOne({_id: 'counter'}, {$inc: {n: 1}}, {session}))
  .then(() => 'ok', (error) => error.message)
console.log('within a transaction:', refused)
await session.endSession()
await client.close()
const lost = said(counted) === 200 && n < 200 && said(pushed) === 200 && list.length < 200
process.exit(lost && distinct < taken.length && refused !== 'ok' ? 0 : 1)
JS
cd client
node -e 'const port = process.argv[1], go = () => require("net").connect(port, "127.0.0.1", () => process.exit(0)).on("error", () => setTimeout(go, 100)); go()' "$port"
timeout 60 node lost.mjs "$port"
