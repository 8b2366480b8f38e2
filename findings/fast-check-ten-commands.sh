#!/usr/bin/env bash
# What one would guess: `fc.commands` of fast-check, the model-based tests of stateful systems, tries long sequences too: up to the
#   `maxCommands` that one sets.
# What happens: no sequence has more than ten commands, also with `maxCommands: 1000`: the global `size`, "small", bounds it. A register
#   that goes wrong at the twelfth write passes 20,000 runs; with `size: 'medium'` it is found at once.
# Why a user of chaos meets it: it is the other way to test such a system, on one client and in one process. "20,000 runs found nothing"
#   means none of twelve steps: what a full buffer, a snapshot, a rotated log or a resized table do was never reached.
# Versions: npm fast-check 4.11.0, Node 20. 2026-11-29.
set -euo pipefail

for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts fast-check@4.11.0

cat >ten.mjs <<'JS'
import {readFileSync} from 'node:fs'
import fc from 'fast-check'

console.log('fast-check', JSON.parse(readFileSync('node_modules/fast-check/package.json', 'utf8')).version)

/** Goes wrong at the twelfth write, as a log that takes its snapshot there. */
class Register {
  writes = 0
  value = 0
  write(value) {
    this.writes++
    if (this.writes < 12) this.value = value
  }
}
class Write {
  constructor(value) {
    this.value = value
  }
  check = () => true
  run(model, register) {
    model.value = this.value
    register.write(this.value)
    if (register.value !== model.value) throw new Error('lost a write')
  }
  toString = () => `write(${this.value})`
}
const writes = fc.integer().map((value) => new Write(value))

function trial(options, numRuns) {
  let longest = 0
  const found = fc.check(
    fc.property(fc.commands([writes], options), (commands) => {
      longest = Math.max(longest, [...commands].length)
      fc.modelRun(() => ({model: {value: 0}, real: new Register()}), commands)
    }),
    {numRuns, seed: 1, endOnFailure: true},
  ).failed
  console.log(`${JSON.stringify(options)}: ${found ? 'found' : `not found in ${numRuns} runs`}, longest sequence ${longest}`)
  return [found, longest].join()
}
const results = [trial({}, 20_000), trial({maxCommands: 1000}, 20_000), trial({maxCommands: 1000, size: 'medium'}, 20_000)]
process.exit(results[0] === 'false,10' && results[1] === 'false,10' && results[2].startsWith('true') ? 0 : 1)
JS
timeout 50 node ten.mjs
