/**
 * Every fault of the namespaces, proved by a probe with its control before and after, as root and without privileges. Each
 * trial runs in a namespace of its own (`trial.fixture.ts`).
 */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {execa} from 'execa'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {searchPath, whyNoNamespaces} from './support.ts'

const why = await whyNoNamespaces()
if (why !== undefined) console.warn(`SKIPPED: clusters in network namespaces, because ${why.reason}`)

/** What each trial saw. */
type Seen = Record<string, Record<string, unknown>>

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, {recursive: true, force: true})
})

/** An environment with a directory that anybody may write to. */
function environment(): Record<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-netns-'))
  directories.push(directory)
  chmodSync(directory, 0o777)
  return {PATH: searchPath(), TRIAL_DIRECTORY: directory, HOME: directory, TMPDIR: directory}
}

const TRIAL = ['--import', 'tsx', fileURLToPath(new URL('./trial.fixture.ts', import.meta.url))]
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--']
const isRoot = process.getuid?.() === 0
/** How a trial is started: as root where we are that, and as somebody without privileges. */
const WAYS = {
  root: ['unshare', '--net', '--'],
  unprivileged: [...(isRoot ? AS_NOBODY : []), 'unshare', '--user', '--map-root-user', '--net', '--'],
}

async function trials(way: keyof typeof WAYS): Promise<Seen> {
  const [file, ...words] = [...WAYS[way], process.execPath, ...TRIAL]
  const {stdout} = await execa(file as string, words, {env: environment()})
  return JSON.parse(stdout) as Seen
}

/** Why somebody without privileges cannot; some distributions and containers do not let him. */
async function whyNotUnprivileged(): Promise<string | undefined> {
  const [file, ...words] = [...WAYS.unprivileged, 'true']
  const {exitCode, stderr} = await execa(file as string, words, {reject: false, env: {PATH: searchPath()}})
  return exitCode === 0 ? undefined : stderr
}

const refused = why?.reason ?? (await whyNotUnprivileged())
if (why === undefined && refused !== undefined)
  console.warn(`SKIPPED: network namespaces without privileges, because ${refused}`)

const sound = {ab: true, ba: true, bc: true, toB: true, readBack: '', cut: false}

for (const way of ['root', 'unprivileged'] as const) {
  const skip = way === 'root' ? why !== undefined || !isRoot : refused !== undefined
  describe.skipIf(skip)(`network namespaces, ${way}`, {timeout: 120_000}, () => {
    let seen: Seen
    beforeAll(async () => {
      seen = await trials(way)
    }, 120_000)

    it('are there soon, and programs are reached where they would be without them', () => {
      expect(seen['addresses']).toMatchObject({link: 'b 127.0.0.1', client: 'b 127.0.0.1', past: 'b 127.0.0.1'})
      // Wanted: half a second, on a machine that does nothing else.
      expect(seen['addresses']?.['topologyMs']).toBeLessThan(3000)
    })

    it('cut a link in one direction until every cause has healed', () => {
      // b cannot be answered by a, so its probe of a fails as well; the other links are untouched.
      const cut = {...sound, ab: false, ba: false, readBack: 'drop', cut: true}
      expect(seen['cut']).toEqual({before: sound, during: cut, still: cut, after: sound})
    })

    it('refuse', () => {
      expect(seen['refuse']).toEqual({error: 'ECONNREFUSED', after: sound})
    })

    it('cut off clients, but not our own questions', () => {
      expect(seen['clients']).toEqual({during: {...sound, toB: false}, past: 'b 127.0.0.1', after: sound})
    })

    it('lose a fifth of the packets', () => {
      expect(seen['loss']).toMatchObject({before: 1, control: 1, after: 1, readBack: 'drop 20 %'})
      // A round trip needs several packets, each of which may be lost.
      expect(seen['loss']?.['during']).toBeGreaterThan(0.1)
      expect(seen['loss']?.['during']).toBeLessThan(1)
    })

    it('limit the rate: 20 kB at 40 kB/s', () => {
      const {before, during, control, after} = seen['bandwidth'] as Record<string, number>
      expect(during).toBeGreaterThan(300)
      for (const free of [before, control, after]) expect(free).toBeLessThan(during as number)
    })

    it('delay, by a detour over a proxy, which a cut holds for too', () => {
      const {before, during, client, control, cut, after} = seen['latency'] as Record<string, number>
      expect(during).toBeGreaterThanOrEqual(199)
      expect(client).toBeGreaterThanOrEqual(199)
      expect(cut).toBe(false)
      for (const free of [before, control, after]) expect(free).toBeLessThan(during as number)
    })

    it('leave nothing when the harness is killed', async () => {
      const [file, ...words] = [...WAYS[way], process.execPath, ...TRIAL, 'wait']
      const killed = spawn(file as string, words, {
        env: {...process.env, ...environment()},
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      await once(killed.stdout, 'data')
      const namespaces = namespacesBelow(killed.pid as number)
      expect(namespaces.size).toBeGreaterThanOrEqual(4)
      killed.kill('SIGKILL')
      await once(killed, 'exit')
      const left = () => [...namespaces].filter((namespace) => inUse().has(namespace))
      for (let looks = 0; looks < 400 && left().length > 0; looks++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      expect(left()).toEqual([])
      // A network namespace is gone with its last process, and its rules and cables with it.
      expect(readFileSync('/proc/net/dev', 'utf8')).not.toContain('chaos')
    })
  })
}

interface Running {
  readonly pid: number
  readonly parent: number
  /** Its network namespace. */
  readonly namespace: string
}

function processes(): Running[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^\d+$/.test(name)) return []
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1],
      )
      return [{pid: Number(name), parent, namespace: readlinkSync(`/proc/${name}/ns/net`)}]
    } catch {
      return []
    }
  })
}

const inUse = () => new Set(processes().map(({namespace}) => namespace))

/** The namespaces of a process and of all that it has started. */
function namespacesBelow(pid: number): Set<string> {
  const all = processes()
  const family = new Set([pid])
  for (let size = 0; size < family.size; ) {
    size = family.size
    for (const {pid: child, parent} of all) if (family.has(parent)) family.add(child)
  }
  return new Set(all.filter((one) => family.has(one.pid)).map(({namespace}) => namespace))
}
