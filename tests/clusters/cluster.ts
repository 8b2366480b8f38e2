/** What the tests of real clusters share: a run of the built command line, what it found, and what it may have left. */
import {readdirSync, readFileSync} from 'node:fs'
import {afterAll, describe, expect, test} from 'vitest'
import {lookUp} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {processesOf, Workplace} from '../e2e/cli.ts'

export interface Ran {
  readonly exitCode: number | undefined
  readonly output: string
  readonly validity: string
  readonly anomalies: readonly string[]
  /** Checkers of safety that found a violation. */
  readonly accused: readonly string[]
  /** What was proved of each fault, when it struck and when it was undone. */
  readonly proofs: readonly {readonly f: string; readonly verified: boolean; readonly evidence: string}[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** The tests of a target; skipped, with the reason in their name, where the target is absent. */
export function describeTarget(name: string, tests: (target: Target, place: Workplace) => void): void {
  const target = lookUp('target', TARGETS, name)
  const absent = target.absent?.()
  describe.skipIf(absent !== undefined)(absent === undefined ? name : `${name} (absent: ${absent})`, () => {
    const place = new Workplace()
    afterAll(() => place.dispose())
    tests(target, place)
  })
}

/**
 * A seed by which, for 8 s as for 20 s, some partition and some pause begin while no other fault is in force: what is cut off
 * from dead nodes, and a dead node that is frozen, prove nothing.
 */
const CALM_SEED = 'calm-156'

/** How long a test of a short run may take, ms: some systems need half a minute to come to rest, and machines are shared. */
export const PATIENT_MS = 120_000

/** A short run under faults each of which strikes: nothing is found, and nothing left behind. `more` goes before the usual. */
export async function keepsItsPromise(
  place: Workplace,
  target: string,
  workload: string,
  ...more: string[]
): Promise<Ran> {
  const usual = {'--nemesis': 'partition,kill,pause', '--interval': '5s', '--time': '8s', '--seed': CALM_SEED}
  const others = Object.entries(usual).filter(([flag]) => !more.includes(flag))
  const run = await chaosRun(place, target, '-w', workload, ...others.flat(), ...more)
  // How long it takes to serve again is its own affair: what counts is that nothing is accused.
  expect(run.accused, run.output).toEqual([])
  const struck = new Set(run.proofs.flatMap(({f, verified}) => (verified && f.startsWith('start-') ? [f] : [])))
  const asked = (run.facts['faults'] as readonly string[]).map((fault) => `start-${fault}`)
  expect([...struck].sort(), JSON.stringify(run.proofs, null, 1)).toEqual(asked.sort())
  expect(leftovers(place)).toEqual([])
  return run
}

/**
 * Within five runs each way of using it wrongly is convicted, by an anomaly that it is expected to show. `seldom` names those
 * that show in too few runs for a gate: they are tried where CHAOS_SLOW is set.
 */
export function convictions(place: Workplace, target: Target, seldom: readonly string[] = []): void {
  const tried = target.bugs.filter(({name}) => !seldom.includes(name) || (process.env['CHAOS_SLOW'] ?? '') !== '')
  for (const {name} of target.bugs) {
    if (tried.every((bug) => bug.name !== name)) test.skip(`with ${name} it is convicted: seldom, needs CHAOS_SLOW=1`)
  }
  test.each(tried.map((bug) => [bug.name, bug] as const))(
    'with %s it is convicted',
    async (name, bug) => {
      for (let attempt = 0; attempt < 5; attempt++) {
        const run = await chaosRun(place, target.name, '--bug', name, '--fail-fast', '--seed', `${name}-${attempt}`)
        if (run.validity !== 'invalid') continue
        expect(
          bug.anomalies.some((anomaly) => run.anomalies.includes(anomaly)),
          run.output,
        ).toBe(true)
        return
      }
      expect.fail('not convicted in 5 runs')
    },
    240_000,
  )
}

/** Runs `chaos run` to its end in a directory of the test's own. */
export async function chaosRun(place: Workplace, ...args: string[]): Promise<Ran> {
  const {exitCode, stdout, stderr} = await place.chaos('run', ...args, '-o', 'runs')
  if (exitCode === undefined || exitCode === 2 || exitCode === 70) throw new Error(stdout + stderr)
  const [run] = readdirSync(place.file('runs'))
    .filter((each) => /^\d/.test(each))
    .sort()
    .reverse()
  const read = (file: string) => JSON.parse(place.read('runs', run as string, file))
  const {verdicts = [], validity = 'none'} = exitCode === 4 ? {} : read('verdict.json')
  const anomalies = verdicts.flatMap((each: {anomalies?: {type: string}[]}) =>
    (each.anomalies ?? []).map(({type}) => type),
  )
  const accused = verdicts
    .filter((each: {kind: string; validity: string}) => each.kind === 'safety' && each.validity === 'invalid')
    .map(({checker}: {checker: string}) => checker)
  const proofs = place
    .read('runs', run as string, 'history.jsonl')
    .split('\n')
    .filter((line) => line.includes('"proof"'))
    .map((line) => JSON.parse(line))
    .map(({f, value}) => ({f, ...value.proof}))
  return {exitCode, output: stdout + stderr, validity, anomalies, accused, proofs, facts: read('run.json')}
}

/** What a run in this directory has left behind: processes, mounts. */
export function leftovers(place: Workplace): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(place.directory))
  return [...processesOf(place.directory), ...mounts]
}
