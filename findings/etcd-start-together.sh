#!/usr/bin/env bash
# What one would guess: a new cluster of etcd is up soonest where all its members are started at the same moment.
# What happens: a new member first asks every other one whether it is a member already, one after another, for up to 1 s each. A peer
#   that is not there refuses at once; one that has opened its port but serves nothing yet, as all do in that moment, lets it wait: of
#   three members started at once, each then loses 2 s. Started in turn, none does.
# Why a user of chaos meets it: every run starts a new cluster; two of the ten seconds of a short run were spent before its first operation.
# Versions: etcd 3.4.23 (Debian 12), Node 20. 2026-11-30.
set -euo pipefail

command -v etcd >/dev/null || { echo "etcd is not installed: apt-get install etcd-server"; exit 4; }
command -v node >/dev/null || { echo "Node is not installed"; exit 4; }
folder=$(mktemp -d)
trap 'kill $(cat "$folder"/*.pid 2>/dev/null) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
etcd --version | sed -n 1p

cat >start.mjs <<'JS'
import {spawn} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {createServer} from 'node:net'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const listening = () => new Promise((resolve) => {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1', () => resolve(server))
})
const portOf = (server) => server.address().port
const closed = (server) => new Promise((resolve) => server.close(resolve))

/** From its start until a first member answers its peers, ms, where the ports of the two others are open, or refuse. */
async function start(open, round) {
  const [client, own, ...others] = await Promise.all([listening(), listening(), listening(), listening()])
  const url = (server) => `http://127.0.0.1:${portOf(server)}`
  const flags = {
    name: 'n1',
    'data-dir': `${open ? 'open' : 'refused'}${round}`,
    'listen-client-urls': url(client),
    'advertise-client-urls': url(client),
    'listen-peer-urls': url(own),
    'initial-advertise-peer-urls': url(own),
    'initial-cluster': ['n1', 'n2', 'n3'].map((name, i) => `${name}=${url([own, ...others][i])}`).join(','),
    'log-level': 'error',
  }
  const version = `${url(own)}/version`
  await Promise.all([client, own, ...(open ? [] : others)].map(closed))
  const began = performance.now()
  const member = spawn('etcd', Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), {stdio: 'ignore'})
  writeFileSync('n1.pid', String(member.pid))
  while (!(await fetch(version, {signal: AbortSignal.timeout(500)}).then((answer) => answer.ok).catch(() => false))) {
    if (performance.now() - began > 30_000) throw new Error('not up within 30 s')
    await sleep(10)
  }
  const ms = Math.round(performance.now() - began)
  await new Promise((resolve) => member.once('exit', resolve) && member.kill('SIGKILL'))
  if (open) others.forEach((server) => server.close())
  return ms
}

const times = {open: [], refused: []}
for (let round = 0; round < 3; round++) {
  times.open.push(await start(true, round))
  times.refused.push(await start(false, round))
}
console.log('a first member answers: its peers have opened their ports and say nothing yet, after', times.open.join(', '), 'ms')
console.log('                        its peers are not there and refuse, after', times.refused.join(', '), 'ms')
process.exit(Math.min(...times.open) >= 1900 && Math.min(...times.refused) < 1000 ? 0 : 1)
JS
timeout 120 node start.mjs
