/**
 * Generated runs for the report's tests, screenshots and benchmark: a register that really is linearizable (each operation
 * takes effect at one moment within its interval), clients that time out while a fault is in force, nodes that log. `fail`
 * then gets the stale read of the documentation's example, with the proof a checker would give.
 */
import type {NodeEvent} from '../core/cluster.ts'
import {type FaultWindow, History} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'
import {type Judgement, judge, type Verdict} from '../core/verdict.ts'
import type {NodeLog, ReportInput} from './input.ts'
import {grouped} from './phrase.ts'

export const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'] as const
const KEYS = 8
const WORKERS = 10
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
  return `No violation found in ${grouped(operations)} operations under 11 verified faults.`
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
      detail: {linearizations: [onKey.map((op) => ({index: op.index, state: String(op.value ?? 'nil')}))]},
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

function registerOps(random: Random, operations: number, seconds: number, faults: readonly FaultWindow[]): Op[] {
  const ops: Op[] = []
  const registers = new Map<string, number>()
  const meanGapNs = (seconds * 1e9 * WORKERS) / operations
  const freeAt = Array.from({length: WORKERS}, (_, worker) => worker * 1e5)
  const process = Array.from({length: WORKERS}, (_, worker) => worker)
  for (let count = 0; count < operations; count++) {
    const worker = freeAt.indexOf(Math.min(...freeAt))
    const startNs = Math.round(freeAt[worker]! + random.exponential(meanGapNs * 0.6))
    const key = `x${random.int(KEYS)}`
    const node = NODES[worker % NODES.length] as string
    const isRead = random.chance(0.55)
    const troubled = faults.some((f) => startNs >= f.startNs && startNs < f.endNs && f.victims.includes(node))
    const latencyNs = Math.round(Math.min(2e9, (troubled ? 25e6 : 1.2e6) * Math.exp(random.exponential(0.55))))
    const endNs = startNs + Math.min(latencyNs, Math.round(meanGapNs * 3))
    const fate = troubled && random.chance(0.12) ? 'info' : random.chance(troubled ? 0.15 : 0.004) ? 'fail' : 'ok'
    const value = isRead ? null : count
    const common = {process: process[worker]!, f: isRead ? 'read' : 'write', key, node}
    ops.push({index: 0, timeNs: startNs, type: 'invoke', value, ...common})
    if (!isRead && fate === 'ok') registers.set(key, count)
    const result = isRead ? (registers.get(key) ?? null) : value
    const error = fate === 'ok' ? {} : {error: fate === 'info' ? 'timeout after 1 s' : 'no leader known'}
    const doneNs = fate === 'info' ? startNs + Math.min(1e9, Math.round(meanGapNs * 3)) : endNs
    ops.push({index: 0, timeNs: doneNs, type: fate, value: fate === 'ok' ? result : value, ...common, ...error})
    if (fate === 'info') process[worker]! += WORKERS
    freeAt[worker] = doneNs
  }
  return ops
}

function nemesisOps(random: Random, seconds: number): Op[] {
  const ops: Op[] = []
  const strike = (fault: string, fromS: number, toS: number, value: object) => {
    const process = `nemesis:${fault}`
    for (const [f, atS] of [
      [`start-${fault}`, fromS],
      [`stop-${fault}`, toS],
    ] as const) {
      ops.push({index: 0, timeNs: atS * 1e9, type: 'info', process, f, value: {fault}})
      ops.push({index: 0, timeNs: atS * 1e9 + 3 * MS, type: 'info', process, f, value})
    }
  }
  for (let atS = seconds * 0.08; atS < seconds * 0.85; atS += seconds * 0.16) {
    const [left, right] = split(random)
    strike('partition', atS, atS + seconds * 0.1, {
      description: `{${left.join(' ')}} | {${right.join(' ')}}`,
      victims: left,
      proof: {
        verified: true,
        evidence: `${left[0]}→${right[0]} no answer in 250 ms; ${left[0]}→${left[1] ?? left[0]} 0.4 ms`,
      },
    })
    const victim = random.pick(NODES)
    strike('kill', atS + seconds * 0.11, atS + seconds * 0.14, {
      description: `kill ${victim}`,
      victims: [victim],
      proof: {verified: true, evidence: `pid gone after 2 ms`},
    })
  }
  strike('packets', seconds * 0.3, seconds * 0.44, {
    description: 'n2 → n4 latency 80 ms ± 20 ms',
    victims: ['n2'],
    proof: {verified: true, evidence: 'round trip 0.4 ms → 83 ms'},
  })
  return ops
}

function split(random: Random): [string[], string[]] {
  const nodes = random.shuffle(NODES)
  return [nodes.slice(0, 2).sort(), nodes.slice(2).sort()]
}

function passVerdicts(operations: number): Verdict[] {
  const summary = `register, 8/8 keys, ${grouped(operations)} operations`
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

function number(ops: readonly Op[]): Op[] {
  const order = [...ops].sort((left, right) => left.timeNs - right.timeNs)
  return order.map((op, index) => ({...op, index}))
}

function leaderEvents(random: Random, faults: readonly FaultWindow[], endNs: number): NodeEvent[] {
  const events: NodeEvent[] = []
  let term = 1
  let leader: string = NODES[0]
  const elect = (timeNs: number, avoid: readonly string[]) => {
    leader = random.pick(NODES.filter((node) => !avoid.includes(node)))
    term++
    events.push({timeNs, node: leader, event: {type: 'leader', term}})
  }
  elect(0.2e9, [])
  for (const fault of faults) {
    if (!fault.victims.includes(leader) || fault.fault === 'packets') continue
    const old = leader
    elect(fault.startNs + 400 * MS, fault.victims)
    if (fault.fault === 'partition')
      events.push({timeNs: Math.min(fault.endNs, endNs), node: old, event: {type: 'follower', term}})
  }
  return events.sort((left, right) => left.timeNs - right.timeNs)
}

function nodeLogs(random: Random, events: readonly NodeEvent[], endNs: number): NodeLog[] {
  return NODES.map((node) => {
    const lines = Array.from({length: 400}, () => ({
      timeNs: Math.round(random.next() * endNs),
      text: random.pick([
        'append ok, commit index advanced',
        'heartbeat sent to 4 peers',
        'WARN no answer from n3 in 150 ms, backing off',
        'read index confirmed by 3 of 5',
        'pre-vote refused: leader heard 12 ms ago',
        'ERROR connection to n4 reset by peer',
      ]),
    }))
    for (const {node: by, timeNs, event} of events) {
      if (by === node) lines.push({timeNs, text: `became ${event.type} of term ${String(event['term'])}`})
    }
    return {node, lines: lines.sort((left, right) => left.timeNs - right.timeNs)}
  })
}

/** A run of transactions with a read skew in it, as `checkers/elle` explains one. */
export function cycleRun(): ReportInput {
  const base = passRun({operations: 300, seconds: 10})
  const start = 5e9
  const txn = (process: number, node: string, fromMs: number, toMs: number, asked: unknown, got: unknown): Op[] => [
    {index: 0, timeNs: start + fromMs * MS, type: 'invoke', process, f: 'txn', value: asked, node},
    {index: 0, timeNs: start + toMs * MS, type: 'ok', process, f: 'txn', value: got, node},
  ]
  const t1 = [
    ['append', 'x', 8],
    ['r', 'y', []],
  ]
  const t2 = [
    ['append', 'y', 3],
    ['r', 'x', [8]],
  ]
  const t3 = [
    ['r', 'y', [3]],
    ['append', 'x', 9],
  ]
  const ops = number([
    ...base.ops.filter((op) => op.timeNs < 4.9e9 || op.timeNs > 5.2e9).filter((op) => typeof op.process !== 'number'),
    ...txn(
      2,
      'n2',
      0,
      60,
      [
        ['append', 'x', 8],
        ['r', 'y', null],
      ],
      t1,
    ),
    ...txn(
      0,
      'n1',
      10,
      45,
      [
        ['append', 'y', 3],
        ['r', 'x', null],
      ],
      t2,
    ),
    ...txn(
      3,
      'n4',
      50,
      70,
      [
        ['r', 'y', null],
        ['append', 'x', 9],
      ],
      t3,
    ),
  ])
  const indexOf = (process: number) => ops.find((op) => op.process === process)?.index as number
  const named = [
    [2, t1],
    [0, t2],
    [3, t3],
  ].map(([process, value], at) => ({
    name: `T${at + 1}`,
    transaction: {index: indexOf(process as number), process, type: 'ok', value},
  }))
  const steps = [
    {
      from: 'T1',
      to: 'T2',
      type: 'rw',
      key: 'y',
      because: "T1 observed y = [], without T2's append of 3",
      fromMicroOp: 1,
      toMicroOp: 0,
    },
    {
      from: 'T2',
      to: 'T3',
      type: 'wr',
      key: 'y',
      because: "T3 observed T2's append of 3 to y",
      fromMicroOp: 0,
      toMicroOp: 0,
    },
    {from: 'T3', to: 'T1', type: 'realtime', because: 'T3 had completed before T1 was invoked'},
  ]
  const verdict: Verdict = {
    checker: 'list-append',
    property: 'strict serializable',
    kind: 'safety',
    validity: 'invalid',
    summary: '3 transactions; snapshot isolation violated, read committed not ruled out',
    anomalies: [
      {
        type: 'G-single',
        sentence: `G-single (read skew): transactions #${named.map((each) => each.transaction.index).join(', #')} precede each other in a circle.`,
        witness: named.map((each) => each.transaction.index),
        why: steps.map((step) => `${step.from} < ${step.to}, because ${step.because}`),
        detail: {transactions: named, steps},
      },
    ],
  }
  return {...base, ops, judgement: judge([verdict], ''), run: {...base.run, workload: 'append', concurrency: 5}}
}

/** Several broken properties at once, some without a drawing, and markup wherever text can stand. */
export function hostileRun(): ReportInput {
  const evil = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'
  const base = passRun({operations: 400, seconds: 4})
  const ops = base.ops.map((op) => (op.value === null ? op : {...op, value: evil, ...(op.error ? {error: evil} : {})}))
  const lost = ops.filter((op) => op.type === 'ok' && op.f === 'write').slice(3, 6)
  const verdict = (
    type: string,
    kind: 'safety' | 'liveness',
    witness: readonly number[],
    detail?: unknown,
  ): Verdict => ({
    checker: type,
    property: `${type} ${evil}`,
    kind,
    validity: 'invalid',
    summary: evil,
    anomalies: [{type, sentence: `${evil} at #${witness[0] ?? 0}.`, key: evil, witness, why: [evil], detail}],
  })
  const judgement = judge(
    [
      verdict(
        'lost-write',
        'safety',
        lost.map((op) => op.index),
      ),
      verdict(
        'G-single',
        'safety',
        lost.map((op) => op.index),
        {cycle: [{from: evil, to: 'T2', edge: 'rw'}]},
      ),
      verdict('slow-recovery', 'liveness', []),
    ],
    '',
  )
  return {
    ...base,
    ops,
    judgement,
    run: {...base.run, id: evil, target: evil, seed: evil, reproduce: evil, command: evil, host: {os: evil}},
    faults: base.faults.map((fault) => ({...fault, description: evil, proof: evil})),
    logs: base.logs.map((log) => ({...log, lines: log.lines.map((line) => ({...line, text: evil}))})),
    events: [{timeNs: 1e9, node: 'n1', event: {type: 'leader', term: evil}}],
  }
}
