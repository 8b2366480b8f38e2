/** `--fail-fast` as a stranger uses it: the real command line, real processes, a planted bug. */
import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {parseHistory} from '../../core/format/index.ts'
import {type Ended, processesOf, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

interface Facts {
  readonly command: string
  readonly stopped?: {
    readonly afterMs: number
    readonly ofMs: number
    readonly proofAgeMs: number
    readonly index: number
  }
}

const TIME_MS = 60_000
let ended: Ended
let run: string
let facts: Facts

describe('a planted bug', () => {
  test('ends a run well before its time, with a proof', async () => {
    // Real processes are not deterministic: a seed may have to be tried twice.
    for (let i = 0; i < 4; i++) {
      const bug = ['run', 'raft', '--bug', 'stale-read', '--time', `${TIME_MS / 1000}s`, '--seed', `f${i}`]
      ended = await place.chaos(...bug, '--fail-fast', '--threshold', 'ok_rate>0.9999', '-o', `bug${i}`)
      expect(processesOf(place.directory)).toEqual([])
      const [name] = readdirSync(place.file(`bug${i}`)).filter((entry) => !entry.startsWith('latest'))
      run = join(`bug${i}`, name as string)
      facts = JSON.parse(place.read(run, 'run.json')) as Facts
      if (facts.stopped !== undefined) break
    }
    const {exitCode, stdout, stderr} = ended
    expect(exitCode, stdout + stderr).toBe(1)
    expect(facts.stopped?.ofMs).toBe(TIME_MS)
    expect(facts.stopped?.afterMs).toBeLessThan(TIME_MS / 2)
    expect(stdout).toMatch(/FAIL {2}Process \d+ read x\d+ = \d+/)
    expect(stdout).toMatch(/The run was stopped after \d+\.\d s of 60 s: proof found\./)
    expect(stdout).toMatch(/Reproduce {3}(npx )?chaos run raft .*--fail-fast/)
  })

  test('is acted upon within a second', () => {
    const {ops} = parseHistory(Buffer.from(place.read(run, 'history.jsonl')), {file: 'history.jsonl'})
    const proof = ops[facts.stopped!.index]!
    const lastAsked = ops.filter(({process, type}) => typeof process === 'number' && type === 'invoke').at(-1)!
    expect(proof.type).toBe('ok')
    expect(facts.stopped!.proofAgeMs).toBeLessThan(1000)
    expect(lastAsked.timeNs - proof.timeNs).toBeLessThan(1e9)
    expect(ops.filter(({final}) => final === true)).toEqual([])
  })

  test('leaves a run that says so everywhere, and is judged the same again', async () => {
    expect(existsSync(place.file(run, 'disks'))).toBe(false)
    expect(place.read(run, 'report.html')).toContain('s of 60 s: proof found')
    const checked = await place.chaos('check', run)
    expect(checked.exitCode).toBe(1)
    expect(checked.stdout).toContain('s of 60 s: proof found')
    const sentence = /FAIL {2}.*/.exec(ended.stdout)?.[0]
    expect(checked.stdout).toContain(sentence)
  })
})

test('a promise that cannot be refuted before the end is kept or broken as without it', async () => {
  const short = ['run', 'gossip', '-w', 'register', '--nemesis', 'none', '--time', '2s', '-o', 'eventual']
  const {exitCode, stdout, stderr} = await place.chaos(...short, '--fail-fast')
  expect(exitCode, stdout + stderr).toBe(0)
  expect(stderr).toContain('--fail-fast changes nothing: no breach of eventual under register can be proved')
})

test('can be set by a variable and taken back by a flag', async () => {
  const print = async (...args: string[]) =>
    (await place.start(['run', '--print-config', ...args], {CHAOS_FAIL_FAST: '1'})).stdout
  expect(await print()).toMatch(/^fail-fast +1 +env CHAOS_FAIL_FAST$/m)
  expect(await print('--no-fail-fast')).toMatch(/^fail-fast +false +flag$/m)
  const {exitCode, stderr} = await place.start(['run', '--print-config'], {CHAOS_FAIL_FAST: 'maybe'})
  expect(exitCode).toBe(2)
  expect(String(stderr)).toContain('--fail-fast: expected true or false. Got "maybe".')
})
