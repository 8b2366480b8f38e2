/** The diagnostics of `chaos doctor`. Each looks at the machine itself rather than at what it says of itself. */
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {messageOf} from '../../../core/error.ts'
import {builtModule} from '../../../core/package.ts'
import {whyNoNamespaces} from '../../../hosts/netns/support.ts'
import {findOnPath} from '../../../net/toxiproxy/find-on-path.ts'
import {startToxiproxy} from '../../../net/toxiproxy/server/server.ts'
import {REAL} from '../../../targets/index.ts'

export interface Finding {
  readonly name: string
  /** Bad: runs will fail. Absent: something optional is not there. */
  readonly state: 'good' | 'bad' | 'absent'
  readonly found: string
  readonly fix?: string
}

/** Free space that a long run may want, bytes. */
const ROOM_BYTES = 1e9
/** Open files that nine nodes with all their proxies may want. */
const OPEN_FILES = 1024

export async function diagnostics(): Promise<Finding[]> {
  return [
    nodeVersion(),
    built(),
    await embeddedToxiproxy(),
    realToxiproxy(),
    await namespaces(),
    engine('docker', '--compose', 'Docker Engine 20.10.24 with Compose 2.32.4 was tried by hand; tests use a stand-in'),
    engine('kubectl', '--kubernetes', 'it was never tried with a real cluster; tests use a stand-in'),
    await processes(),
    openFiles(),
    room(),
    writable(),
    ...realTargets(),
  ]
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > 20 || (major === 20 && minor >= 19)
  return {
    name: 'Node.js',
    state: enough ? 'good' : 'bad',
    found: process.version,
    ...(enough ? {} : {fix: 'install Node.js 20.19 or newer'}),
  }
}

function built(): Finding {
  const there = ['hosts/process/main.js', 'net/toxiproxy/main.js', 'runner/warden-main.js'].every((path) =>
    existsSync(fileURLToPath(builtModule(path))),
  )
  return there
    ? {name: 'package', state: 'good', found: 'built'}
    : {name: 'package', state: 'bad', found: 'dist/ is incomplete', fix: 'npm run build'}
}

async function embeddedToxiproxy(): Promise<Finding> {
  const name = 'embedded toxiproxy'
  try {
    const server = await startToxiproxy({host: '127.0.0.1', port: 0})
    const answer = await fetch(`${server.url}/version`)
    const {version} = (await answer.json()) as {version: string}
    await server.close()
    return {name, state: 'good', found: `${version}, answers on the loopback interface`}
  } catch (error) {
    return {name, state: 'bad', found: messageOf(error), fix: 'allow listening on 127.0.0.1'}
  }
}

function realToxiproxy(): Finding {
  const binary = findOnPath('toxiproxy-server')
  return binary === undefined
    ? {
        name: 'real toxiproxy',
        state: 'absent',
        found: 'toxiproxy-server is not on PATH; not needed unless you want --toxiproxy auto',
      }
    : {name: 'real toxiproxy', state: 'good', found: binary}
}

async function namespaces(): Promise<Finding> {
  const name = 'network namespaces'
  const why = await whyNoNamespaces()
  return why === undefined
    ? {name, state: 'good', found: 'can be made: --links netns'}
    : {name, state: 'absent', found: `${why.reason}; not needed unless you want --links netns`, fix: why.hint}
}

/** Whether nodes could be in containers, and how much that was tried. */
function engine(program: string, flag: string, tried: string): Finding {
  const found = findOnPath(program)
  return found === undefined
    ? {name: program, state: 'absent', found: `not on PATH; not needed unless you want ${flag} (${tried})`}
    : {name: program, state: 'good', found: `${found}, for ${flag}: ${tried}`}
}

/** A child in a group of its own that can be frozen, resumed and killed is all that process faults need. */
async function processes(): Promise<Finding> {
  const name = 'process control'
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  try {
    await once(child, 'spawn')
    const group = -(child.pid as number)
    const gone = once(child, 'exit')
    for (const signal of ['SIGSTOP', 'SIGCONT', 'SIGKILL'] as const) process.kill(group, signal)
    await gone
    return {name, state: 'good', found: 'children can be frozen, resumed and killed'}
  } catch (error) {
    child.kill('SIGKILL')
    return {name, state: 'bad', found: messageOf(error), fix: 'run where processes may signal their own children'}
  }
}

function openFiles(): Finding {
  const name = 'open files'
  try {
    const limit = execFileSync('sh', ['-c', 'ulimit -n'], {encoding: 'utf8'}).trim()
    const enough = limit === 'unlimited' || Number(limit) >= OPEN_FILES
    return {
      name,
      state: enough ? 'good' : 'bad',
      found: `at most ${limit}`,
      ...(enough ? {} : {fix: `ulimit -n ${OPEN_FILES}`}),
    }
  } catch {
    return {name, state: 'absent', found: 'the limit cannot be asked for here'}
  }
}

function room(): Finding {
  const {bavail, bsize} = statfsSync(process.cwd())
  const free = bavail * bsize
  const found = `${(free / 1e9).toFixed(1)} GB free here`
  return free >= ROOM_BYTES
    ? {name: 'disk', state: 'good', found}
    : {name: 'disk', state: 'bad', found, fix: 'make room, or keep runs elsewhere with -o DIR'}
}

function writable(): Finding {
  const name = 'temporary files'
  try {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-doctor-'))
    writeFileSync(join(directory, 'probe'), 'probe')
    rmSync(directory, {recursive: true})
    return {name, state: 'good', found: tmpdir()}
  } catch (error) {
    return {name, state: 'bad', found: messageOf(error), fix: 'set TMPDIR to a directory that can be written to'}
  }
}

/** Real systems that can be run here, and what the others lack. */
function realTargets(): Finding[] {
  return Object.values(REAL).map((target) => {
    const absent = target.absent?.()
    const name = `target ${target.name}`
    return absent === undefined ? {name, state: 'good', found: 'installed'} : {name, state: 'absent', found: absent}
  })
}
