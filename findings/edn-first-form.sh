#!/usr/bin/env bash
# What one would guess: a reader of EDN given a text of several values, as every history.edn of Jepsen is (one map a line), returns
#   them all or says that there is more after the first.
# What happens: edn-data and jsedn (npm) and edn_format (PyPI) return the first map and say nothing. A history of a thousand operations
#   is read as one, and everything checked about it is then true. edn-data also reads `##NaN` at the end of a collection as nothing
#   at all: the whole text becomes null. `[` and `]` around the text read it whole; edn_format has `loads_all`.
# Why a user of chaos meets it: it reads and writes these files, and such readers are what a script about them is written with.
# Versions: npm edn-data 1.2.2, jsedn 0.4.1; PyPI edn_format 0.8.0; Node 20, Python 3.11. 2026-11-29.
set -euo pipefail

command -v python3 >/dev/null || { echo "python3 is not installed: apt-get install python3-venv"; exit 4; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts edn-data@1.2.2 jsedn@0.4.1
python3 -m venv venv
venv/bin/pip -q install edn_format==0.8.0
cat >history.edn <<'EDN'
{:type :invoke, :process 0, :f :read, :value nil}
{:type :ok, :process 0, :f :read, :value 5}
{:type :invoke, :process 1, :f :write, :value 6}
EDN
cat >read.mjs <<'JS'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {parseEDNString} from 'edn-data'

const jsedn = createRequire(import.meta.url)('jsedn')
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
const text = readFileSync('history.edn', 'utf8')
const options = {mapAs: 'object', keywordAs: 'string'}
const one = JSON.stringify(parseEDNString(text, options))
const all = parseEDNString(`[${text}]`, options).length
const other = jsedn.encode(jsedn.parse(text))
const others = jsedn.toJS(jsedn.parse(`[${text}]`)).length
const nan = JSON.stringify(parseEDNString('{:type :ok, :value ##NaN}', options))
console.log(`edn-data ${version('edn-data')}: ${one} | within brackets: ${all} maps | {:type :ok, :value ##NaN} is ${nan}`)
console.log(`jsedn ${version('jsedn')}: ${other} | within brackets: ${others} maps`)
const first = '{"type":"invoke","process":0,"f":"read","value":null}'
process.exit(one === first && all === 3 && other === '{:type :invoke :process 0 :f :read :value nil}' && others === 3 && nan === 'null' ? 0 : 1)
JS
timeout 30 node read.mjs
cat >read.py <<'PY'
import sys
import edn_format

text = open("history.edn").read()
one, every = edn_format.loads(text), edn_format.loads_all(text)
print("edn_format 0.8.0:", one, "| loads_all:", len(every), "maps")
sys.exit(0 if one[edn_format.Keyword("f")] == edn_format.Keyword("read") and len(every) == 3 else 1)
PY
timeout 60 venv/bin/python -W ignore read.py
