#!/usr/bin/env bash
# What one would guess: hdr-histogram-js, asked for counters of 8 or 16 bits to save memory (`bitBucketSize`), resizes, stops at the
#   largest count or throws when a value is recorded more often than a counter can hold.
# What happens: the counter begins again at 0 while the total goes on. 65536 latencies of 5 ms and one of 10 are 65537 recordings whose
#   median is 0 and whose 99th percentile is 0. With 32 bits, the usual setting, or `packed`, it is 5.
# Why a user of chaos meets it: a load generator that keeps many small histograms reports latencies of nothing for exactly the runs with
#   the most operations, and before and after of a fault cannot be compared.
# Versions: npm hdr-histogram-js 3.0.1, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hdr-histogram-js@3.0.1
cat >wrap.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {build} from 'hdr-histogram-js'

console.log('hdr-histogram-js', JSON.parse(readFileSync('node_modules/hdr-histogram-js/package.json', 'utf8')).version)
const seen = {}
for (const bitBucketSize of [16, 32, 'packed']) {
  const histogram = build({bitBucketSize})
  for (let i = 0; i < 65_536; i++) histogram.recordValue(5)
  histogram.recordValue(10)
  const [median, high] = [50, 99].map((percentile) => histogram.getValueAtPercentile(percentile))
  seen[bitBucketSize] = median
  console.log(`${bitBucketSize} bits: recorded ${histogram.totalCount}, median ${median}, 99th percentile ${high}, largest ${histogram.maxValue}`)
}
process.exit(seen[16] === 0 && seen[32] === 5 && seen.packed === 5 ? 0 : 1)
JS
timeout 30 node wrap.mjs
