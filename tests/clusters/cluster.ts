/** What the tests of real clusters share: a run of the built command line, what it found, and what it may have left. */
import {readdirSync, readFileSync} from 'node:fs'
import {describe} from 'vitest'
import {lookUp} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {TARGETS} from '../../targets/index.ts'
import {processesOf, type Workplace} from '../e2e/cli.ts'

export interface Ran {
  readonly exitCode: number | undefined
  readonly output: string
  readonly validity: string
  readonly anomalies: readonly string[]
  /** What was proved of each fault, when it struck and when it was undone. */
  readonly proofs: readonly {readonly f: string; readonly verified: boolean; readonly evidence: string}[]
  readonly facts: Readonly<Record<string, unknown>>
}

/** The tests of a target; skipped, with the reason in their name, where the target is absent. */
export function describeTarget(name: string, tests: (target: Target) => void): void {
  const target = lookUp('target', TARGETS, name)
  const absent = target.absent?.()
  describe.skipIf(absent !== undefined)(absent === undefined ? name : `${name} (absent: ${absent})`, () =>
    tests(target),
  )
}

/** Runs `chaos run` to its end in a directory of the test's own. */
export async function chaosRun(place: Workplace, ...args: string[]): Promise<Ran> {
  const {exitCode, stdout, stderr} = await place.chaos('run', ...args, '-o', 'runs')
  const [run] = readdirSync(place.file('runs'))
    .filter((each) => /^\d/.test(each))
    .sort()
    .reverse()
  const read = (file: string) => JSON.parse(place.read('runs', run as string, file))
  const {verdicts = [], validity = 'none'} = exitCode === 4 ? {} : read('verdict.json')
  const anomalies = verdicts.flatMap((each: {anomalies?: {type: string}[]}) =>
    (each.anomalies ?? []).map(({type}) => type),
  )
  const proofs = place
    .read('runs', run as string, 'history.jsonl')
    .split('\n')
    .filter((line) => line.includes('"proof"'))
    .map((line) => JSON.parse(line))
    .map(({f, value}) => ({f, ...value.proof}))
  return {exitCode, output: stdout + stderr, validity, anomalies, proofs, facts: read('run.json')}
}

/** What a run in this directory has left behind: processes, mounts over hosts files. */
export function leftovers(place: Workplace): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes('/etc/hosts ') && line.includes(place.directory))
  return [...processesOf(place.directory), ...mounts]
}
