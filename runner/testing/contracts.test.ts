/** Everything that is bundled keeps the contracts that plug-ins are held to; and what breaks one is caught. */
import {describe, expect, test} from 'vitest'
import {setFull} from '../../checkers/library.ts'
import type {Checker} from '../../core/checker.ts'
import {parseHistory} from '../../core/format/index.ts'
import {history} from '../../core/history.ts'
import type {Workload} from '../../core/workload.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import {TARGETS} from '../../targets/index.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {type Contract, checkerContract, nemesisContract, targetContract, workloadContract} from './index.ts'

const suite = (title: string, contract: Contract) =>
  describe(title, () => {
    for (const {name, check} of contract) test(name, check)
  })

for (const [name, workload] of Object.entries(WORKLOADS)) suite(`workload ${name}`, workloadContract(workload))
for (const [name, target] of Object.entries(TARGETS)) suite(`target ${name}`, targetContract(target))
for (const name of ['partition', 'kill', 'pause']) {
  suite(`nemesis ${name}`, nemesisContract(parseNemeses(name)[0]!))
}

const ops = (...lines: [process: number, type: string, f: string, value: unknown][]) =>
  history(
    parseHistory(lines.map(([process, type, f, value]) => `${JSON.stringify({process, type, f, value})}\n`).join(''), {
      file: 'ops',
    }).ops,
  )
const VALID = ops([0, 'invoke', 'add', 1], [0, 'ok', 'add', 1], [0, 'invoke', 'read', null], [0, 'ok', 'read', [1]])
const INVALID = ops([0, 'invoke', 'add', 1], [0, 'ok', 'add', 1], [0, 'invoke', 'read', null], [0, 'ok', 'read', []])
suite(
  'checker set-full',
  checkerContract(() => setFull(), {valid: [VALID], invalid: [INVALID]}),
)

/** The names of the checks that fail. */
async function broken(contract: Contract): Promise<string[]> {
  const names: string[] = []
  for (const {name, check} of contract) {
    try {
      await check()
    } catch {
      names.push(name)
    }
  }
  return names
}

test('a checker that calls everything valid is caught', async () => {
  const careless: Checker = {
    ...setFull(),
    check: () => ({checker: 'set-full', property: '', kind: 'safety', validity: 'valid', summary: '', anomalies: []}),
  }
  const names = await broken(checkerContract(() => careless, {valid: [VALID], invalid: [INVALID]}))
  expect(names).toContain('calls the valid histories valid, and the invalid ones invalid')
  expect(names).toContain('does not pass for want of time')
})

test('a workload that asks for what it does not require is caught', async () => {
  const liar: Workload = {...WORKLOADS['set']!, requires: ['add'], optional: []}
  expect(await broken(workloadContract(liar))).toContain(
    'asks only for functions that it requires or names as optional',
  )
})

test('a nemesis that only says that it struck is caught', async () => {
  const real = parseNemeses('pause')[0]!
  const fake = {
    ...real,
    start: async () => ({
      description: 'nothing',
      victims: [],
      proof: {verified: false, evidence: 'nothing was done'},
      stop: async () => ({verified: true, evidence: ''}),
    }),
  }
  expect(await broken(nemesisContract(fake))).toEqual([
    'strikes a simulated cluster, proves that it did, and is undone',
  ])
})

test('a target that claims what nobody can judge is caught', async () => {
  const target = {...TARGETS['raft']!, claims: {set: 'serializable' as const}}
  expect((await broken(targetContract(target))).length).toBeGreaterThan(0)
})
