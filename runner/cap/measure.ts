/**
 * Measures a CAP card: one run for each partition with registers, one with sets, and one in which the nodes are moved apart.
 * Every run is a fresh cluster with a single fault, so that what is seen has one cause.
 */
import {type Capabilities, can} from '../../core/capabilities.ts'
import type {History} from '../../core/history.ts'
import type {Nemesis} from '../../core/nemesis.ts'
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {nodeNames} from '../options.ts'
import {Cuts, noting, withClientsBeside} from './beside.ts'
import {type Card, cardOf, type PartitionRow} from './card.ts'
import {consistencyOf, cutOf, lostAdds, onlyFault, speed, within} from './figures.ts'
import {cutOnce, impossible, movedApart, PARTITIONS, type PartitionName, type Timeline, wordsFor} from './partitions.ts'

/** What to measure. */
export interface CardRequest {
  readonly target: Target
  readonly args: Readonly<Record<string, string>>
  readonly bugs: readonly string[]
  readonly nodes: number
  readonly seed: string
  readonly partitions: readonly PartitionName[]
}

/** One run that the card is made of. */
export interface Trial {
  readonly target: Target
  readonly workload: 'register' | 'set'
  readonly nemesis: Nemesis
  readonly seed: string
}

/** Where trials are run. */
export interface Laboratory {
  readonly world: 'simulated' | 'real'
  readonly times: Timeline
  capabilities(request: CardRequest): Capabilities
  run(trial: Trial, request: CardRequest): Promise<History>
}

/** Told before each trial: "raft, two halves, registers". */
export type Progress = (words: string) => void

/** A card says what is, not whether it was promised. */
const ANY: Claim = 'eventual'

export async function measure(request: CardRequest, laboratory: Laboratory, progress: Progress): Promise<Card> {
  const {args, bugs, seed} = request
  const {times} = laboratory
  const capabilities = laboratory.capabilities(request)
  const leads = can(capabilities, 'leader')
  const nodes = nodeNames(request.nodes)
  const cuts = new Cuts()
  const {claimsWith: _, ...plain} = request.target
  const target: Target = withClientsBeside({...plain, claims: {register: ANY, set: ANY}}, cuts)
  const sets = target.functions.includes('add') && target.functions.includes('read')
  const trial = (words: string, workload: Trial['workload'], nemesis: Nemesis) => {
    progress(`${target.name}, ${words}, ${workload}`)
    return laboratory.run({target, workload, nemesis, seed}, request)
  }

  const apart = await trial('nodes further apart', 'register', movedApart(nodes, times))
  const moved = onlyFault(apart)
  // Real clusters take their time to start: what is healthy ends with the record's first fault.
  const struckNs = apart.nemesisOps.at(0)?.timeNs ?? 0
  const rows: PartitionRow[] = []
  const skipped = []
  for (const partition of PARTITIONS.filter((name) => request.partitions.includes(name))) {
    const reason = impossible(partition, nodes.length, capabilities)
    if (reason !== undefined) {
      skipped.push({partition, reason})
      continue
    }
    const words = wordsFor(partition, leads)
    const nemesis = noting(cutOnce(partition, nodes, times, capabilities), cuts)
    const registers = await trial(words, 'register', nemesis)
    const losses = sets ? lostAdds(await trial(words, 'set', nemesis)) : undefined
    rows.push({
      partition,
      words,
      cut: cutOf(registers, nodes),
      consistency: await consistencyOf(registers),
      ...(losses === undefined ? {} : {losses}),
    })
  }
  return cardOf({
    target: target.name,
    args,
    bugs,
    nodes: nodes.length,
    world: laboratory.world,
    seed,
    clientsBeside: target.protocol !== undefined,
    healthy: speed(within(apart, 0, struckNs)),
    apart: speed(within(apart, moved.startNs, moved.endNs)),
    rows,
    skipped,
  })
}
