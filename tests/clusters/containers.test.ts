/**
 * A cluster in containers from the command line to the verdict. No container engine runs here: `docker` is a stand-in that
 * starts real etcd servers, each in a network of its own, so faults and their proofs are real.
 */
import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {findProgram} from '../../hosts/local/needs.ts'
import {processesOf, Workplace} from '../e2e/cli.ts'
import {among, calls, possible, standIns} from './containers.ts'

let place: Workplace
beforeEach(() => {
  place = new Workplace()
})
afterEach(() => {
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})

const able = possible && findProgram('etcd') !== undefined

// Needs root, nftables and etcd.
describe.skipIf(!able)('a Compose file', () => {
  test('runs to its verdict: nodes are cut and killed one by one, and nothing stays', async () => {
    const words = `--time 5s --interval 2s --rate 50/s --nemesis partition:minority,kill:one --seed containers`
    const {exitCode, said} = await among(place, `$chaos run etcd --compose $fixtures/etcd.yml ${words}`)
    // On a busy machine a fault may not be provable.
    expect([0, 3], said).toContain(exitCode)
    const run = JSON.parse(place.read('.chaos', 'runs', 'latest', 'run.json'))
    expect(run.cluster).toMatch(/^Compose project chaos-\d+ \(n1 = etcd1, n2 = etcd2, n3 = etcd3\), 3 proxied links/)
    const {verdicts} = JSON.parse(place.read('.chaos', 'runs', 'latest', 'verdict.json'))
    expect(verdicts.find(({checker}: {checker: string}) => checker === 'linearizable').validity).toBe('valid')
    const {faults} = verdicts.find(({checker}: {checker: string}) => checker === 'exercise').detail
    for (const {fault, verified} of faults) expect(verified, fault).toBeGreaterThan(0)
    const kills = calls(place).filter(([, verb]) => verb === 'kill')
    expect(kills.every((words) => words.length === 5 && /^chaos-\d+-etcd[123]-1$/.test(words[4] as string))).toBe(true)
    expect(calls(place).at(-1)?.slice(-5)).toEqual(['down', '--volumes', '--remove-orphans', '--timeout', '0'])
    expect(readdirSync(place.file('room', 'containers'))).toEqual([])
  }, 60_000)
})

describe('what cannot be', () => {
  const write = (text: string) => writeFileSync(place.file('c.yml'), text)
  const ONE = 'services:\n  a:\n    image: x\n    ports: ["2379"]\n'

  test('an engine that refuses, pods that are not there, a program that is not there', async () => {
    const env = standIns(place)
    const run = (words: string[], more: Record<string, string> = {}) =>
      place.start(['run', 'etcd', '--nodes', '1', '--nemesis', 'none', ...words], {...env, ...more})
    write(ONE)
    const refused = await run(['--compose', 'c.yml'], {STAND_IN_REFUSES: 'Error: pull access denied for x'})
    expect(refused.exitCode).toBe(4)
    expect(refused.stderr).toContain('did not come up')
    expect(refused.stderr).toContain('pull access denied for x')
    const none = await run(['--kubernetes', 'app=none'])
    expect(none.exitCode).toBe(2)
    expect(none.stderr).toContain('--kubernetes app=none: no pod has these labels.')
    const absent = await run(['--compose', 'c.yml'], {PATH: '/nowhere'})
    expect(absent.exitCode).toBe(4)
    expect(absent.stderr).toContain('There is no `docker` on PATH, which --compose needs.')
    expect(existsSync(place.file('room', 'containers'))).toBe(false)
  }, 30_000)
})
