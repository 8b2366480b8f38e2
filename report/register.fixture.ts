/**
 * What a generated run is made of: a register that really is linearizable (each operation takes effect at one moment
 * within its interval), clients that time out while a fault is in force, faults, leaders, and nodes that log.
 */
import type {NodeEvent} from '../core/cluster.ts'
import type {FaultWindow} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import type {Random} from '../core/random.ts'
import type {NodeLog} from './input.ts'

export const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'] as const
export const WORKERS = 10
const KEYS = 8
const MS = 1e6

export function registerOps(random: Random, operations: number, seconds: number, faults: readonly FaultWindow[]): Op[] {
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

export function nemesisOps(random: Random, seconds: number): Op[] {
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

export function number(ops: readonly Op[]): Op[] {
  const order = [...ops].sort((left, right) => left.timeNs - right.timeNs)
  return order.map((op, index) => ({...op, index}))
}

export function leaderEvents(random: Random, faults: readonly FaultWindow[], endNs: number): NodeEvent[] {
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

export function nodeLogs(random: Random, events: readonly NodeEvent[], endNs: number): NodeLog[] {
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
