/**
 * Generated runs for the report's tests, screenshots and benchmark: one for each verdict. `failRun` has the stale read of
 * the documentation's example in it, with the proof a checker would give.
 */

import {History} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {showCount} from '../core/quantities.ts'
import {createRandom, type Random} from '../core/random.ts'
import {type Judgement, judge, type Verdict} from '../core/verdict.ts'
import type {ReportInput} from './input.ts'
import {leaderEvents, NODES, nemesisOps, nodeLogs, number, registerOps, WORKERS} from './register.fixture.ts'

const MS = 1e6

interface Shape {
  readonly operations: number
  readonly seconds: number
  readonly seed?: string
}

/** A run that holds its promise. */
export function passRun({operations, seconds, seed = '8f3a'}: Shape): ReportInput {
  const random = createRandom(seed)
  const faultOps = nemesisOps(random.fork('nemesis'), seconds)
  const ops = [...registerOps(random.fork('ops'), operations, seconds, new History(faultOps).faults), ...faultOps]
  return inputFor(ops, random, judge(passVerdicts(operations), passSentence(operations)), seed)
}

function passSentence(operations: number): string {
  return `No violation found in ${showCount(operations)} operations under 11 verified faults.`
}

/** The same, with one stale read of x3 in it. */
export function failRun(shape: Shape): ReportInput {
  const base = passRun(shape)
  const ops = number([...base.ops.filter((op) => op.key !== 'x3'), ...staleRead()])
  const at = (process: number, f: string) =>
    ops.find((op) => op.type === 'invoke' && op.process === process && op.f === f && op.key === 'x3')?.index as number
  const [w3, w7, r7, w9, r3] = [at(202, 'write'), at(203, 'write'), at(201, 'read'), at(200, 'write'), at(204, 'read')]
  const verdict: Verdict = {
    checker: 'linearizable',
    property: 'linearizable',
    kind: 'safety',
    validity: 'invalid',
    summary: 'register, 1 of 8 keys broken',
    anomalies: [
      {
        type: 'stale-read',
        sentence: 'Stale read. Process 204 read x3 = 3, but at that moment the only possible values were 7 or 9.',
        key: 'x3',
        witness: [w3, w7, r7, w9, r3],
        why: [
          `Any order must put #${w7} before #${r7} (it finished first) and #${r7} before #${r3}.`,
          `So when #${r3} ran the register held 7, or 9 if #${w9} took effect.`,
          `It can never be 3 again: nobody wrote 3 after #${w3}.`,
        ],
        counterexample: {
          operations: [w3, w7, r7, w9, r3],
          impossible: r3,
          states: ['7', '9'],
          linearizations: [
            [
              {index: w3, state: '3'},
              {index: w7, state: '7'},
              {index: r7, state: '7'},
              {index: w9, state: '9'},
            ],
            [
              {index: w3, state: '3'},
              {index: w7, state: '7'},
              {index: r7, state: '7'},
            ],
          ],
          next: [
            [{index: r3, illegal: true, reason: 'impossible in the state 9'}],
            [
              {index: w9, illegal: false, reason: 'could follow, but then something else cannot'},
              {index: r3, illegal: true, reason: 'impossible in the state 7'},
            ],
          ],
        },
      },
    ],
  }
  return {...base, ops, judgement: judge([verdict, ...passVerdicts(shape.operations).slice(1)], '')}
}

/** A run about which nothing can be said: the checker ran out of budget and a fault never bit. */
export function unknownRun(shape: Shape): ReportInput {
  const base = passRun(shape)
  const faults = base.faults.map((fault) => (fault.fault === 'kill' ? {...fault, verified: false, proof: ''} : fault))
  const onKey = base.ops.filter((op) => op.key === 'x1' && op.type === 'invoke').slice(0, 24)
  const verdicts: Verdict[] = [
    {
      checker: 'linearizable',
      property: 'linearizable',
      kind: 'safety',
      validity: 'unknown',
      summary: 'register, 7/8 keys, 5 302 operations',
      reason: 'The search on x1 ran out of its 60 s: 24 of 751 operations were placed.',
      anomalies: [],
      measures: {statesSearched: 40_120_553, keysDone: 7, budgetS: 60},
      detail: {
        linearizations: [onKey.map((op) => ({index: op.index, state: String(op.value ?? 'nil')}))],
        reached: [{key: 'x1', events: 48, of: 1502, index: onKey.at(-1)!.index}],
      },
    },
    {
      checker: 'faults',
      property: 'every fault bit',
      kind: 'exercise',
      validity: 'unknown',
      summary: '4 kills not seen',
      reason: 'kill: no probe saw a node die, so nothing was tested there.',
      anomalies: [],
    },
    ...passVerdicts(shape.operations).slice(1, 3),
  ]
  return {...base, faults, judgement: judge(verdicts, '')}
}

/** The five operations of the example, on processes of their own. */
function staleRead(): Op[] {
  const t = 12.288e9
  const key = 'x3'
  const write = (process: number, value: number, from: number, to: number | undefined, node: string): Op[] => [
    {index: 0, timeNs: t + from * MS, type: 'invoke', process, f: 'write', key, value, node},
    to === undefined
      ? {
          index: 0,
          timeNs: t + 5000 * MS,
          type: 'info',
          process,
          f: 'write',
          key,
          value,
          node,
          error: 'timeout after 5 s',
        }
      : {index: 0, timeNs: t + to * MS, type: 'ok', process, f: 'write', key, value, node},
  ]
  const read = (process: number, value: number, from: number, to: number, node: string): Op[] => [
    {index: 0, timeNs: t + from * MS, type: 'invoke', process, f: 'read', key, value: null, node},
    {index: 0, timeNs: t + to * MS, type: 'ok', process, f: 'read', key, value, node},
  ]
  return [
    ...write(202, 3, 0, 22, 'n3'),
    ...write(203, 7, 192, 209, 'n4'),
    ...read(201, 7, 213, 218, 'n2'),
    ...write(200, 9, 220, undefined, 'n1'),
    ...read(204, 3, 223, 231, 'n1'),
  ]
}

function passVerdicts(operations: number): Verdict[] {
  const summary = `register, 8/8 keys, ${showCount(operations)} operations`
  const valid = {validity: 'valid' as const, anomalies: []}
  return [
    {
      checker: 'linearizable',
      property: 'linearizable',
      kind: 'safety',
      summary,
      ...valid,
      measures: {statesSearched: 1204, checkMs: 310},
    },
    {
      checker: 'writes',
      property: 'no lost acknowledged writes',
      kind: 'safety',
      summary: '2 604 writes read back',
      ...valid,
    },
    {
      checker: 'recovery',
      property: 'recovers after heal',
      kind: 'liveness',
      summary: 'slowest 2.1 s, limit 10 s',
      ...valid,
      measures: {slowestS: 2.1, limitS: 10},
    },
    {
      checker: 'availability',
      property: 'ok rate above 0.9',
      kind: 'liveness',
      summary: '0.957',
      ...valid,
      measures: {okRate: 0.957},
    },
    {checker: 'exercise', property: 'every fault bit', kind: 'exercise', summary: '11 of 11 verified', ...valid},
  ]
}

function inputFor(unordered: readonly Op[], random: Random, judgement: Judgement, seed: string): ReportInput {
  const ops = number(unordered)
  const faults = new History(ops).faults
  const events = leaderEvents(random.fork('leaders'), faults, ops.at(-1)?.timeNs ?? 0)
  return {
    run: {
      id: `20261120-201733-raft-register-${seed}`,
      target: 'raft',
      workload: 'register',
      nemesis: ['partition', 'kill', 'packets'],
      seed,
      nodes: NODES,
      concurrency: WORKERS,
      claims: ['linearizable'],
      options: [
        {name: 'nodes', value: '5', origin: 'default'},
        {name: 'nemesis', value: 'partition,kill,packets', origin: 'flag'},
        {name: 'seed', value: seed, origin: 'flag'},
        {name: 'time', value: '30s', origin: 'chaos.config.ts'},
        {name: 'rate', value: '200/s', origin: 'env CHAOS_RATE'},
        {name: 'check-timeout', value: '60s', origin: 'default'},
      ],
      versions: {chaos: '0.1.0', node: 'v20.20.2', toxiproxy: 'embedded (2.12.0)'},
      gitSha: 'da8a5c9',
      host: {os: 'linux 6.1 x64', cpus: '2', memory: '7.7 GB'},
      startedAt: '2026-11-20T20:17:33Z',
      clock: 'monotonic wall clock',
      command: `chaos run raft -w register --nemesis partition,kill,packets --time 30s --seed ${seed}`,
      reproduce: `chaos replay 20261120-201733-raft-register-${seed} --times 20`,
      program: 'npx chaos',
      recheck: 'chaos check .chaos/runs/latest/history.jsonl --model linearizable',
    },
    ops,
    judgement,
    faults,
    events,
    logs: nodeLogs(random.fork('logs'), events, ops.at(-1)?.timeNs ?? 0),
    plan: {
      faults: faults.map((f) => ({
        fault: f.fault,
        startMs: f.startNs / MS,
        stopMs: f.endNs / MS,
        description: f.description,
      })),
    },
    stats: {checkMs: 310},
  }
}
