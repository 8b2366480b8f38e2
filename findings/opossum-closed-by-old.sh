#!/usr/bin/env bash
# What one would guess: an open circuit breaker that comes to its trial time closes when a trial call, sent after the failure, succeeds.
# What happens: opossum closes as soon as any call succeeds, also one that was sent before the failure and whose answer comes late. No
#   trial is made, and the next call goes to what is still broken. cockatiel stays as it is until a trial of its own.
# Why a user of chaos meets it: under latency and a cut, slow answers of before the cut close the breaker again and again, and the calls
#   that it should have refused are *info* in the history: a budget of errors is overdrawn that the breaker promised to keep.
# Versions: npm opossum 9.0.0, cockatiel 3.2.1, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts opossum@9.0.0 cockatiel@3.2.1
cat >breaker.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll} from 'cockatiel'
import CircuitBreaker from 'opossum'

for (const name of ['opossum', 'cockatiel']) {
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version)
}
const TRIAL_AFTER_MS = 200
let calls = 0
let answer
/** A service that is slow to answer the first call and broken from the second on. */
const service = () => (++calls === 1 ? new Promise((resolve) => (answer = resolve)) : Promise.reject(new Error('broken')))

const opossum = new CircuitBreaker(service, {timeout: false, errorThresholdPercentage: 1, volumeThreshold: 1, resetTimeout: TRIAL_AFTER_MS})
const old = opossum.fire()
await opossum.fire().catch(() => {})
const opened = opossum.opened
await sleep(TRIAL_AFTER_MS + 100)
const half = opossum.halfOpen
answer('late')
await old
const closed = opossum.closed
console.log(`opossum: opened ${opened}, time of trial ${half}, an answer to a call of before the failure arrives, closed ${closed}; calls since: ${calls - 2}`)

calls = 0
const cockatiel = circuitBreaker(handleAll, {halfOpenAfter: TRIAL_AFTER_MS, breaker: new ConsecutiveBreaker(1)})
const other = cockatiel.execute(service)
await cockatiel.execute(service).catch(() => {})
await sleep(TRIAL_AFTER_MS + 100)
answer('late')
await other
const stays = cockatiel.state !== CircuitState.Closed
console.log(`cockatiel: the same, still open: ${stays}`)
process.exit(opened && half && closed && calls === 2 && stays ? 0 : 1)
JS
timeout 30 node breaker.mjs
