#!/usr/bin/env bash
# What one would guess: a latency greater than an HdrHistogram was made for raises an error, or counts as the greatest it can hold.
# What happens: `record_value` of Python's hdrhistogram returns False and counts nothing: of 1000 requests of which 30 took two minutes the
#   p99 is 10 ms and the maximum too. HdrHistogram of Java, which it follows, throws; hdr-histogram-js grows.
# Why a user of chaos meets it: the requests of a partition are exactly those beyond what was expected, and the report of the load
#   generator beside chaos shows a system that nothing happened to.
# Versions: PyPI hdrhistogram 0.10.3, Python 3.11; npm hdr-histogram-js 3.0.1, Node 20. 2026-11-29.
set -euo pipefail

for need in npm python3; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install npm python3-venv"; exit 4; }; done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hdr-histogram-js@3.0.1
python3 -m venv venv
venv/bin/pip -q install hdrhistogram==0.10.3

cat >worst.py <<'PY'
from importlib.metadata import version
from hdrh.histogram import HdrHistogram

histogram = HdrHistogram(1, 60_000, 2)
for ms in [10] * 970 + [120_000] * 29:
    histogram.record_value(ms)
late = histogram.record_value(120_000)
print(f"hdrhistogram {version('hdrhistogram')}: record_value(120000) returns {late} | counted {histogram.get_total_count()} of 1000",
      f"| p99 {histogram.get_value_at_percentile(99)} ms | maximum {histogram.get_max_value()} ms")
PY
cat >worst.mjs <<'JS'
import {readFileSync} from 'node:fs'
import hdr from 'hdr-histogram-js'

const histogram = hdr.build({lowestDiscernibleValue: 1, highestTrackableValue: 60_000, numberOfSignificantValueDigits: 2})
for (let request = 0; request < 1000; request++) histogram.recordValue(request < 970 ? 10 : 120_000)
console.log(`hdr-histogram-js ${JSON.parse(readFileSync('node_modules/hdr-histogram-js/package.json', 'utf8')).version}: counted ${histogram.totalCount} of 1000`,
  `| p99 ${histogram.getValueAtPercentile(99)} ms | maximum ${histogram.maxValue} ms`)
JS
{ venv/bin/python worst.py; node worst.mjs; } | tee said
grep -q 'returns False | counted 970 of 1000 | p99 10 ms | maximum 10 ms' said && grep -q 'js .*: counted 1000 of 1000 | p99 12[0-9]* ms' said
