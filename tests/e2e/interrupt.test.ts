/**
 * Nothing outlives a run, however it ends: to its end, by Ctrl-C, by SIGTERM, or by SIGKILL of the harness itself; and what
 * was recorded until then can be judged. `CHAOS_LEAK_RUNS=50` makes it a soak.
 */
import {existsSync, mkdirSync, readdirSync} from 'node:fs'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {processesOf, Workplace} from './cli.ts'

const RUNS = Number(process.env['CHAOS_LEAK_RUNS'] ?? 8)
const SIGNALS = [undefined, 'SIGINT', undefined, 'SIGTERM', undefined, 'SIGKILL'] as const
const EXPECTED = {SIGINT: 130, SIGTERM: 143, SIGKILL: undefined} as const

const place = new Workplace()
/** Where the runs of this file are told to keep temporary files: what is in it afterwards was left by them. */
const temporary = place.file('tmp')

/** Resolves once no process of this directory is left, or with those that will not go. */
async function gone(): Promise<string[]> {
  for (let looks = 0; ; looks++) {
    const left = processesOf(place.directory)
    if (left.length === 0 || looks === 200) return left
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

beforeAll(() => mkdirSync(temporary))
afterAll(() => place.dispose())

const random = createRandom('interrupts')

test.each(Array.from({length: RUNS}, (_, i) => [i, SIGNALS[i % SIGNALS.length]] as const))(
  'run %i, ended by %s, leaves nothing behind',
  async (i, signal) => {
    const target = random.pick(['raft', 'gossip', 'paxos'])
    const args = ['run', target, '--time', '3s', '--interval', '1s', '--seed', `leak${i}`, '-o', `runs${i}`]
    const running = place.start(args, {TMPDIR: temporary})
    if (signal !== undefined) {
      // A random moment: while the cluster starts, while clients run, while it heals.
      const moment = setTimeout(() => running.kill(signal), random.between(300, 4500))
      void running.finally(() => clearTimeout(moment))
    }
    const {exitCode, signal: endedBy, stderr} = await running
    const interrupted = signal !== undefined && (endedBy === signal || exitCode === EXPECTED[signal])
    if (!interrupted) expect([0, 3], String(stderr)).toContain(exitCode)
    expect(await gone()).toEqual([])

    const [run] = existsSync(place.file(`runs${i}`))
      ? readdirSync(place.file(`runs${i}`)).filter((name) => name.includes('leak'))
      : []
    if (run === undefined || !existsSync(place.file(`runs${i}`, run, 'history.jsonl'))) {
      expect(interrupted).toBe(true)
      return
    }
    expect(readdirSync(place.file(`runs${i}`, run))).not.toContain('disks')
    const checked = await place.chaos('check', `runs${i}/${run}`)
    expect([0, 3], checked.stdout + checked.stderr).toContain(checked.exitCode)
  },
)

test('killed the moment its nodes get a folder, a run leaves none', async () => {
  const runs = place.file('early')
  const running = place.start(['run', 'gossip', '--time', '3s', '-o', 'early'], {TMPDIR: temporary})
  const folders = () =>
    existsSync(runs)
      ? readdirSync(runs)
          .map((run) => place.file('early', run, 'disks'))
          .filter((path) => existsSync(path))
      : []
  const watch = setInterval(() => {
    if (folders().length > 0) running.kill('SIGKILL')
  }, 1)
  const {signal} = await running.finally(() => clearInterval(watch))
  expect(signal).toBe('SIGKILL')
  expect(await gone()).toEqual([])
  expect(folders()).toEqual([])
})

test('a run that is going on is seen to have processes', async () => {
  const running = place.start(['run', 'gossip', '--time', '2s', '--nemesis', 'none', '-o', 'seen'], {TMPDIR: temporary})
  const most = await new Promise<number>((resolve) => {
    let seen = 0
    const look = setInterval(() => {
      seen = Math.max(seen, processesOf(place.directory).length)
    }, 50)
    void running.finally(() => {
      clearInterval(look)
      resolve(seen)
    })
  })
  // The harness, its warden, the proxy server and five nodes.
  expect(most).toBeGreaterThanOrEqual(8)
  expect(await gone()).toEqual([])
})

test('no temporary file is left', () => {
  expect(readdirSync(temporary)).toEqual([])
})
