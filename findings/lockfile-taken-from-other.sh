#!/usr/bin/env bash
# What one would guess: a process that was paused for longer than its lock of proper-lockfile lives, whose lock another one has taken
#   since, learns of it when it releases (`ECOMPROMISED`, `ERELEASED`), and leaves the other one's lock alone.
# What happens: only its timer looks. One that goes on and releases before the timer has its turn, which is so whenever it was paused in
#   the midst of computing, is told that all went well, and removes the other one's lock: a third one gets it.
# Why a user of chaos meets it: a pause (SIGSTOP) is what chaos does to a holder of a lock: three holders, of which only one was slow.
# Versions: npm proper-lockfile 4.1.2, Node 20. 2026-11-29.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts proper-lockfile@4.1.2

cat >holder.mjs <<'JS'
import {existsSync} from 'node:fs'
import lockfile from 'proper-lockfile'

const [, , file, then] = process.argv
const release = await lockfile.lock(file, {stale: 2000})
console.log('has it')
if (then === 'release') {
  // Computes until it may stop, in one go, and releases.
  const nap = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(`${file}-done`)) Atomics.wait(nap, 0, 0, 20)
  console.log(await release().then(() => 'released', (error) => error.code))
} else setInterval(() => undefined, 1000)
JS
cat >pause.mjs <<'JS'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import lockfile from 'proper-lockfile'

console.log('proper-lockfile', JSON.parse(readFileSync('node_modules/proper-lockfile/package.json', 'utf8')).version)
async function trial(then) {
  const file = `resource-${then}`
  writeFileSync(file, '')
  const first = spawn(process.execPath, ['holder.mjs', file, then])
  let said = ''
  for (const stream of [first.stdout, first.stderr]) stream.on('data', (text) => (said += text))
  await once(first.stdout, 'data')
  first.kill('SIGSTOP')
  await sleep(3500)
  let compromised = false
  await lockfile.lock(file, {stale: 2000, onCompromised: () => (compromised = true)})
  const held = await lockfile.check(file, {stale: 2000})
  writeFileSync(`${file}-done`, '')
  first.kill('SIGCONT')
  const [code] = await once(first, 'close')
  const told = said.match(/ECOMPROMISED|released/g)?.at(-1)
  const third = await lockfile.lock(file, {stale: 2000}).then(() => true, () => false)
  console.log(`the first goes on (${then}): told ${told}, exit ${code} | the second held it: ${held} | a third gets it: ${third} | the second knows: ${compromised}`)
  return [told, held, third, compromised].join()
}
const ends = await trial('wait')
const releases = await trial('release')
process.exit(ends === 'ECOMPROMISED,true,false,false' && releases === 'released,true,true,false' ? 0 : 1)
JS
timeout 40 node pause.mjs
