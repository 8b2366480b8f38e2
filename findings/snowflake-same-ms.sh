#!/usr/bin/env bash
# What one would guess: a snowflake generator whose counter is used up within a millisecond waits for the next one, as Twitter's
#   original does: one generator never gives one id twice.
# What happens: @sapphire/snowflake begins its counter again in the same millisecond. From the 4097th id on, ids are given a second
#   time, without a word: tens of percent of the ids of an ordinary loop on a fast machine. nodejs-snowflake and flake-idgen have none.
# Why a user of chaos meets it: a unique-ids workload against one node, without any fault, finds duplicates; and a harness that names
#   its own writes with it reads two writes as one.
# Versions: npm @sapphire/snowflake 3.5.5, nodejs-snowflake 2.0.1, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @sapphire/snowflake@3.5.5 nodejs-snowflake@2.0.1
cat >ids.cjs <<'JS'
const {Snowflake} = require('@sapphire/snowflake')
const {Snowflake: Other} = require('nodejs-snowflake')
for (const name of ['@sapphire/snowflake', 'nodejs-snowflake']) {
  console.log(name, JSON.parse(require('fs').readFileSync(`node_modules/${name}/package.json`, 'utf8')).version)
}
const twice = (next, count) => {
  const ids = Array.from({length: count}, next)
  return count - new Set(ids).size
}
const now = Date.now()
const one = new Snowflake(1577836800000n)
const within = twice(() => one.generate({timestamp: now}), 5000)
console.log('@sapphire/snowflake: 5000 ids of one millisecond, given twice:', within)
const two = new Snowflake(1577836800000n)
console.log('@sapphire/snowflake: a million in a loop, given twice (depends on the machine):', twice(() => two.generate(), 1_000_000))
const other = new Other({custom_epoch: 1577836800000, instance_id: 1})
const others = twice(() => other.getUniqueID(), 100_000)
console.log('nodejs-snowflake: a hundred thousand in a loop, given twice:', others)
process.exit(within === 5000 - 4096 && others === 0 ? 0 : 1)
JS
timeout 60 node ids.cjs
