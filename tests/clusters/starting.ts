/**
 * What every real target does where it cannot be started: a server too old, one that never serves, a port that somebody has, a
 * directory in which nothing can be written. Always an EnvironmentError (exit 4) that says so, with what was found, and
 * nothing stays. Servers are fakes on PATH, but for the port, which a real one has to find taken.
 */
import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import type {Clock} from '../../core/clock.ts'
import {ChaosError, EXIT} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {mountsBelow} from '../../hosts/local/mounts.ts'
import {type LocalPlaceOptions, localPlace} from '../../hosts/local/place.ts'
import {canMountVolumes} from '../../hosts/volumes/support.ts'
import {processesOf, type Workplace} from '../e2e/cli.ts'
import {startTarget, clock as wall} from './started.ts'

/** How a target's server is faked, and what is told of it. */
interface Fake {
  /** The program that is started for each node. */
  readonly program: string
  /** What it says of its version, by the words that ask it: too old, and one that was tried. */
  readonly asked: string
  readonly old: string
  readonly tried: string
  /** Further programs, which do nothing but make the folder that they are told. */
  readonly makers?: readonly string[]
  /** Files that stand for a version: the folder is named by this variable. */
  readonly files?: {readonly variable: string; readonly old: string; readonly tried: string}
  /** The folder that has to bear the version, for programs that are asked by where they are. */
  readonly folder?: {readonly old: string; readonly tried: string}
  /** How many times faster than the wall the run's clock goes: a node is waited for a minute. */
  readonly faster?: number
}

const FAKES: Readonly<Record<string, Fake>> = {
  etcd: {program: 'etcd', asked: '--version', old: 'etcd Version: 2.3.8', tried: 'etcd Version: 3.5.1'},
  redis: {program: 'redis-server', asked: '--version', old: 'Redis server v=5.0.1', tried: 'Redis server v=7.0.15'},
  'redis-cluster': {
    program: 'redis-server',
    asked: '--version',
    old: 'Redis server v=6.2.1',
    tried: 'Redis server v=7.0.15',
  },
  zookeeper: {
    program: 'java',
    asked: 'VersionInfoMain',
    old: 'ZooKeeper, version 3.4.1',
    tried: 'ZooKeeper, version 3.8.0',
  },
  nats: {program: 'nats-server', asked: '--version', old: 'nats-server: v2.1.0', tried: 'nats-server: v2.9.10'},
  memcached: {program: 'memcached', asked: '-V', old: 'memcached 1.4.39', tried: 'memcached 1.6.18'},
  postgres: {
    program: 'postgres',
    asked: '--version',
    old: 'postgres (PostgreSQL) 9.6',
    tried: 'postgres (PostgreSQL) 15.1',
    makers: ['initdb', 'pg_basebackup'],
  },
  kafka: {
    program: 'java',
    asked: '-no-such-question',
    old: '',
    tried: '',
    files: {variable: 'CHAOS_KAFKA', old: 'kafka_2.13-3.9.0.jar', tried: 'kafka_2.13-4.1.0.jar'},
  },
  rabbitmq: {
    program: 'rabbitmq-server',
    asked: '-no-such-question',
    old: '',
    tried: '',
    folder: {old: 'rabbitmq_server-3.7.1', tried: 'rabbitmq_server-3.10.8'},
    // Its name server, which is real, is waited for by the same clock.
    faster: 10,
  },
  'mariadb-galera': {
    program: 'mariadbd',
    asked: '--version',
    old: 'mariadbd  Ver 10.3.1-MariaDB',
    tried: 'mariadbd  Ver 10.11.6-MariaDB',
    makers: ['mariadb-install-db'],
  },
}

/** Makes the folder that follows `-D` or `--datadir=`. */
const MAKER =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a shell writes it.
  '#!/bin/sh\nwhile [ $# -gt 0 ]; do case "$1" in -D) mkdir -p "$2";; --datadir=*) mkdir -p "${1#--datadir=}";; esac; shift; done\n'

const folders: string[] = []
const before = {...process.env}

afterEach(() => {
  process.env = {...before}
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

/** Puts the fakes before everything else on PATH. Other users have to reach them. */
function fake({program, asked, makers = [], files, folder, ...says}: Fake, which: 'old' | 'tried'): void {
  const root = mkdtempSync(join(tmpdir(), 'chaos-fakes-'))
  folders.push(root)
  const bin = join(root, 'bin')
  const own = folder === undefined ? bin : join(root, folder[which], 'sbin')
  for (const each of new Set([root, bin, own])) mkdirSync(each, {recursive: true})
  for (const each of [root, bin, own]) chmodSync(each, 0o755)
  const script = `#!/bin/sh\ncase " $* " in *${asked}*) echo "${says[which]}"; exit;; esac\necho "still thinking about it"\nexec sleep 1000\n`
  writeFileSync(join(own, program), script, {mode: 0o755})
  if (own !== bin) symlinkSync(join(own, program), join(bin, program))
  for (const maker of makers) writeFileSync(join(bin, maker), MAKER, {mode: 0o755})
  if (files !== undefined) {
    writeFileSync(join(root, files[which]), '')
    process.env[files.variable] = root
  }
  process.env['PATH'] = [bin, before['PATH'] ?? ''].join(delimiter)
}

const fasterClock = (times: number): Clock => ({
  nowNs: () => wall.nowNs() * times,
  after: (delayMs, wake) => wall.after(delayMs / times, wake),
})

interface Circumstances {
  readonly clock?: Clock
  readonly place?: (options: LocalPlaceOptions) => ReturnType<typeof localPlace>
}

/** Everything the error says. Fails where there is none, where it is not of the environment, and where anything stays. */
async function refusal(target: Target, directory: string, how: Circumstances = {}): Promise<string> {
  const [workload = ''] = Object.keys(target.claims)
  const nodes = Array.from({length: Math.max(3, target.minNodes ?? 0)}, (_, i) => `n${i + 1}`)
  const error: unknown = await startTarget(target, directory, {workload}, {nodes, faults: [], ...how}).then(
    async (cluster) => {
      await cluster.stop()
      return 'it started'
    },
    (reason: unknown) => reason,
  )
  expect(error, (error as Error).stack ?? '').toBeInstanceOf(ChaosError)
  const {exitCode, message, hints} = error as ChaosError
  expect(exitCode).toBe(EXIT.environment)
  expect(processesOf(directory)).toEqual([])
  return [message, ...hints].join('\n')
}

/** The tests of one target. */
export function refusesToStart(target: Target, place: Workplace): void {
  const known = FAKES[target.name] as Fake
  const directory = (name: string) => {
    const path = place.file(name)
    mkdirSync(path, {recursive: true})
    // Servers that run as users of their own have to come through.
    for (const each of [place.directory, path]) chmodSync(each, 0o755)
    return path
  }

  test('a version that is too old: which it is, and what was tried', async () => {
    fake(known, 'old')
    const said = await refusal(target, directory('old'))
    const version = /\d+(\.\d+)+/.exec(known.old || (known.files ?? known.folder)?.old.replace('2.13', '') || '')?.[0]
    expect(said).toContain(version)
    expect(said).toMatch(/too old/)
    expect(said).toMatch(/Tried: \d|is the oldest/)
  })

  test('a node that never serves: after a minute, with the end of its log', async () => {
    fake(known, 'tried')
    const said = await refusal(target, directory('silent'), {clock: fasterClock(known.faster ?? 30)})
    expect(said).toMatch(/Node n\d .*was not up within 60 s/)
    expect(said).toContain('still thinking about it')
  }, 60_000)

  test('a file where a node keeps its state', async () => {
    fake(known, 'tried')
    const path = directory('file')
    mkdirSync(join(path, 'disks'))
    for (const node of ['n1', 'n2', 'n3']) writeFileSync(join(path, 'disks', node), 'in the way')
    expect(await refusal(target, path)).toMatch(/disks\/n\d.*(something else is there|Not a directory)|in the way/s)
  })

  const mounts = canMountVolumes()
  test.skipIf(mounts !== true || target.name === 'memcached')(
    `a directory that is read-only${mounts === true ? '' : `: ${mounts}`}`,
    async () => {
      // It is the server that has to meet it, where nothing of ours is written before.
      const path = directory('read-only')
      const own = join(path, 'disks', 'n1')
      mkdirSync(own, {recursive: true})
      execFileSync('mount', ['--bind', own, own])
      try {
        execFileSync('mount', ['-o', 'remount,bind,ro', own])
        expect(await refusal(target, path)).toMatch(/read-only|permission denied|cannot|can't|failed/i)
      } finally {
        if (mountsBelow(path).length > 0) execFileSync('umount', [own])
      }
      expect(mountsBelow(path)).toEqual([])
    },
    120_000,
  )

  test('a port that somebody has', async () => {
    const taken = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const number = (taken.address() as AddressInfo).port
    let given = false
    const occupied = (options: LocalPlaceOptions) => {
      const local = localPlace(options)
      const freePort = async (host?: string) => {
        if (given) return local.freePort(host)
        given = true
        return number
      }
      return {...local, freePort}
    }
    try {
      const said = await refusal(target, directory('port'), {place: occupied})
      expect(said).toMatch(/in use|eaddrinuse/i)
    } finally {
      taken.close()
    }
  }, 120_000)
}
