/**
 * Interrupts runs on every host, at all times from their first moment on, by SIGINT, SIGTERM and SIGKILL in turn, and counts what
 * is left: processes, network namespaces, mounts, tables of rules, ports, temporary files, containers.
 *
 *     npm run build && node --import tsx bench/interrupts-hosts.ts [--runs 20] [--at-once 4] [local netns netns-user maelstrom ssh compose docker]
 *
 * As root, for all of them; `docker` needs an engine that answers, `compose` is a stand-in of one.
 */
import {execFileSync, spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {parseArgs} from 'node:util'
import {lookUp} from '../core/registry.ts'
import {FIXTURES, standIns} from '../tests/clusters/containers.ts'
import {CHAOS, processesOf, Workplace} from '../tests/e2e/cli.ts'
import {ROOT} from '../tests/sources.ts'
import {files, marked, mounts, until} from './leftovers.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']
const chaos = (...words: string[]) => [process.execPath, CHAOS, ...words, '--time', '60s']

interface Host {
  /** The command line; a script may put its own words around it. */
  readonly words: readonly string[]
  /** Run as a script with `$chaos_words`; it writes what is left inside into `left`. */
  readonly inside?: readonly string[]
  /** What else is left outside. */
  left?(place: Workplace): string[]
  /** The last interrupt comes so late, ms. */
  readonly untilMs: number
}

const SSH = [join(ROOT, 'tests/e2e/ssh-machines.sh'), '3', './ssh', 'sh', 'script.sh']
const NODE = join(ROOT, 'tests/fixtures/maelstrom-node.mjs')

const HOSTS: Readonly<Record<string, Host>> = {
  local: {words: chaos('run', 'raft'), untilMs: 8000},
  netns: {words: chaos('run', 'raft', '--links', 'netns'), untilMs: 8000},
  'netns-user': {words: [...AS_NOBODY, ...chaos('run', 'raft', '--links', 'netns')], untilMs: 8000},
  maelstrom: {
    words: chaos('run', NODE, '--protocol', 'maelstrom', '-w', 'broadcast', '--nemesis', 'partition,kill,pause'),
    untilMs: 8000,
  },
  ssh: {
    words: chaos('run', 'raft', '--hosts', 'm1,m2,m3', '--ssh', '--ssh-config', 'ssh/ssh_config'),
    inside: SSH,
    untilMs: 12_000,
  },
  compose: {
    words: chaos('run', 'etcd', '--compose', join(FIXTURES, 'etcd.yml')),
    inside: [join(FIXTURES, 'network.sh'), 'sh', 'script.sh'],
    left: (place) => files(place.file('room', 'containers')),
    untilMs: 14_000,
  },
  docker: {
    words: chaos('run', 'etcd', '--compose', join(FIXTURES, 'etcd.yml')),
    left: (place) =>
      docker('ps', '--all', '--quiet', '--filter', `name=^${projectOf(place)}-`).concat(
        docker('network', 'ls', '--quiet', '--filter', `name=^${projectOf(place)}_`),
      ),
    untilMs: 12_000,
  },
}

/** What is left on the machines that the script has made; it is asked until nothing is, or time is over. */
const LOOK: Readonly<Record<string, string>> = {
  ssh: `for k in 1 2 3; do ssh -F ssh/ssh_config m$k 'ls /tmp; pgrep -af process/main | grep -v pgrep'; done`,
  compose: 'nft list tables; pgrep -f "etcd --name" | while read pid; do readlink /proc/$pid/cwd; done | grep "$PWD"',
}

async function interrupted(name: string, host: Host, signal: NodeJS.Signals, atMs: number) {
  const place = new Workplace()
  const temporary = place.file('tmp')
  for (const folder of [temporary, place.file('ssh')]) mkdirSync(folder)
  for (const folder of [place.directory, temporary]) chmodSync(folder, 0o777)
  const tablesBefore = tables()
  const mark = `CHAOS_INTERRUPTED=${place.directory}`
  const script = `${host.words.join(' ')} >out 2>&1 & wait $!
    for look in $(seq 60); do { ${LOOK[name] ?? ':'}; } > left 2>&1; [ -s left ] || break; sleep 0.5; done`
  writeFileSync(place.file('script.sh'), script)
  const own = name === 'docker' ? ['--compose-project', projectOf(place)] : []
  const [file = '', ...args] = host.inside ?? [...host.words, ...own]
  const env = {
    ...process.env,
    ...(name === 'compose' ? standIns(place) : {}),
    TMPDIR: temporary,
    HOME: place.directory,
    CI: '1',
  }
  const child = spawn(file, args, {
    cwd: place.directory,
    stdio: 'ignore',
    env: {
      ...env,
      ...(process.env['DOCKER_CONFIG'] === undefined ? {DOCKER_CONFIG: '/root/.docker'} : {}),
      CHAOS_INTERRUPTED: place.directory,
    },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const harness = () => (host.inside === undefined ? child.pid : insidePid(child.pid as number, place))
  await until(() => harness() !== undefined)
  await new Promise((resolve) => setTimeout(resolve, atMs))
  const pid = harness()
  if (pid !== undefined) process.kill(pid, signal)
  const start = performance.now()
  await ended
  const look = () => [
    ...marked(mark).map((found) => `process ${found}`),
    ...processesOf(place.directory).map((found) => `process ${found}`),
    ...files(temporary).map((found) => `temporary file ${found}`),
    ...files(place.file('.chaos', 'runs')).flatMap((run) =>
      files(place.file('.chaos', 'runs', run)).filter((found) => found === 'disks'),
    ),
    ...mounts(place.directory).map((found) => `mount ${found}`),
    ...tables()
      .filter((table) => !tablesBefore.includes(table))
      .map((found) => `rules ${found}`),
    ...(existsSync(place.file('left')) ? readFileSync(place.file('left'), 'utf8').split('\n').filter(Boolean) : []),
    ...(host.left?.(place) ?? []).map((found) => `container ${found}`),
  ]
  await until(() => look().length === 0)
  const left = look()
  const tookMs = Math.round(performance.now() - start)
  place.dispose()
  return {left, tookMs}
}

/** The harness of a script: its number may be that of a process namespace, so it is found by its command line. */
function insidePid(parent: number, place: Workplace): number | undefined {
  const own = marked(`CHAOS_INTERRUPTED=${place.directory}`).filter(
    (found) => / run (raft|etcd) .*--time 60s/.test(found) && !found.includes(' sh '),
  )
  return own
    .map((found) => Number.parseInt(found, 10))
    .filter((pid) => pid !== parent)
    .sort((a, b) => a - b)[0]
}

/** A project of its own, to be told from those of other runs. */
const projectOf = (place: Workplace): string => basename(place.directory).toLowerCase()
const tables = (): string[] => said('nft', 'list', 'tables').filter((line) => line.includes('chaos'))
const docker = (...words: string[]): string[] => said('docker', ...words)

function said(file: string, ...words: string[]): string[] {
  try {
    return execFileSync(file, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
      .split('\n')
      .filter(Boolean)
  } catch {
    return []
  }
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {runs: {type: 'string', default: '20'}, 'at-once': {type: 'string', default: '1'}},
})
const runs = Number(values.runs)
let leaks = 0
for (const name of positionals.length === 0 ? Object.keys(HOSTS) : positionals) {
  const host = lookUp('host', HOSTS, name)
  const slowest = {SIGINT: 0, SIGTERM: 0, SIGKILL: 0}
  let clean = 0
  let next = 0
  const worker = async () => {
    for (let i = next++; i < runs; i = next++) {
      const signal = SIGNALS[i % 3] as (typeof SIGNALS)[number]
      const atMs = 200 + Math.round((i * host.untilMs) / runs)
      const {left, tookMs} = await interrupted(name, host, signal, atMs)
      slowest[signal] = Math.max(slowest[signal], tookMs)
      if (left.length === 0) clean++
      const found = left.length === 0 ? `nothing left ${tookMs} ms later` : `left:\n  ${left.join('\n  ')}`
      console.log(`${name} ${signal} after ${atMs} ms: ${found}`)
    }
  }
  await Promise.all(Array.from({length: Number(values['at-once'])}, worker))
  leaks += runs - clean
  console.log(`${name}: ${clean} of ${runs} left nothing; slowest ${JSON.stringify(slowest)} ms`)
}
process.exitCode = leaks === 0 ? 0 : 1
