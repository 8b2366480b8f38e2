#!/usr/bin/env bash
# What one would guess: a snowflake id holds the time, so a generator that is started again goes on above the ids that it gave before.
# What happens: nodejs-snowflake counts the time from the moment of its own start unless an epoch is given. A process that is started
#   again with the same instance number gives the same ids again from the first one, and its ids sort before the old ones.
# Why a user of chaos meets it: under `kill`, a node that makes unique ids like this is convicted at once, and rightly; in use without
#   a restart nothing shows.
# Versions: npm nodejs-snowflake 2.0.1, Node 20. 2026-11-29.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts nodejs-snowflake@2.0.1
cat >ids.cjs <<'JS'
const {Snowflake} = require('nodejs-snowflake')
const generator = new Snowflake({instance_id: 7, ...(process.argv[2] && {custom_epoch: Number(process.argv[2])})})
for (let i = 0; i < 20_000; i++) console.log(String(generator.getUniqueID()))
JS
echo "nodejs-snowflake $(node -p 'require("./node_modules/nodejs-snowflake/package.json").version')"
again() {
  node ids.cjs "$@" | sort >first
  node ids.cjs "$@" | sort >second
  comm -12 first second | wc -l
}
default=$(again)
fixed=$(again 1577836800000)
echo "of 20000 ids after a start, given again after the next start: $default"
echo "the same with a fixed epoch:                                  $fixed"
[ "$default" -gt 1000 ] && [ "$fixed" -eq 0 ]
