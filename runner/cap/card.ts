/**
 * The CAP card of one target: what was measured under each partition, and what follows from it. The words are Gilbert and
 * Lynch's (2002) and Abadi's (PACELC, 2012), but nothing is taken from a label: C is what the reads support, A is that every
 * node that works goes on answering, E is asked by moving the nodes further apart and looking whether answers take longer.
 */
import type {NodeId} from '../../core/node.ts'
import type {Consistency, Cut, Served, Service, Speed} from './figures.ts'
import {FURTHER_MS, type PartitionName} from './partitions.ts'

/** One partition on the card. */
export interface PartitionRow {
  readonly partition: PartitionName
  /** As a person says it: "the leader isolated". */
  readonly words: string
  readonly cut: Cut
  readonly consistency: Consistency
  /** Acknowledged additions to sets that were gone in the end; absent where the target keeps no sets. */
  readonly losses?: {readonly lost: number; readonly acknowledged: number}
}

/** What was measured of one target. */
export interface Measured {
  readonly target: string
  /** Arguments and bugs that it ran with. */
  readonly args: Readonly<Record<string, string>>
  readonly bugs: readonly string[]
  readonly nodes: number
  readonly world: 'simulated' | 'real'
  readonly seed: string
  /** Whether clients could reach other nodes only as their own node did. */
  readonly clientsBeside: boolean
  /** Without any fault, and with every node further from every other. */
  readonly healthy: Speed
  readonly apart: Speed
  readonly rows: readonly PartitionRow[]
  /** Partitions that it cannot be put under, and why. */
  readonly skipped: readonly {readonly partition: PartitionName; readonly reason: string}[]
}

export interface Label {
  readonly cap: 'CP' | 'AP' | 'CP, reads stale' | 'CA' | 'neither'
  /** Partitions in which an AP target did not serve everybody after all. */
  readonly except: readonly string[]
  readonly pacelc: string
  /** The strongest models that hold under every partition. */
  readonly models: readonly string[]
  readonly lost: number
  readonly sentence: string
}

export interface Card extends Measured {
  readonly label: Label
}

/** The share of operations that must succeed for a node to count as available. */
const AVAILABLE = 0.95
/** Models in which all writes have one order, which everybody sees: no acknowledged write is passed over. */
const CONSISTENT: readonly string[] = ['linearizable', 'sequential']

function share({ok, asked}: Served): number {
  return asked === 0 ? Number.NaN : ok / asked
}

/** How many of these nodes answered their clients' reads, or writes, in the second half of the partition. */
export function serving({cut}: PartitionRow, nodes: readonly NodeId[], kind: keyof Service): number {
  return nodes.filter((node) => share((cut.nodes[node] as Service)[kind]) >= AVAILABLE).length
}

function everyNodeServes(row: PartitionRow, kind: keyof Service): boolean {
  const nodes = Object.keys(row.cut.nodes)
  return serving(row, nodes, kind) === nodes.length
}

export function cardOf(measured: Measured): Card {
  return {...measured, label: labelOf(measured)}
}

function labelOf(measured: Measured): Label {
  const {rows} = measured
  const lost = rows.reduce((sum, {losses}) => sum + (losses?.lost ?? 0), 0)
  const models = weakest(rows)
  const linearizable = models.includes('linearizable')
  const consistent = models.some((model) => CONSISTENT.includes(model)) && lost === 0
  const unserved = rows.filter((row) => !(everyNodeServes(row, 'reads') && everyNodeServes(row, 'writes')))
  const noWrites = rows.filter((row) => !everyNodeServes(row, 'writes'))
  const cap = capOf()
  const except = cap === 'AP' ? unserved.map(({words}) => words) : []
  return {
    cap,
    except,
    pacelc: pacelcOf(cap, measured),
    models,
    lost,
    sentence: sentenceOf(cap, {...measured, models, lost, except}),
  }

  function capOf(): Label['cap'] {
    // Who takes writes on both sides of a split has given up one order of them, whether or not these reads show it.
    const torn = rows.some(isSplit) && !unserved.some(isSplit)
    if (consistent && noWrites.length > 0 && !torn) return linearizable ? 'CP' : 'CP, reads stale'
    if (consistent && !torn) return 'CA'
    return unserved.length < rows.length ? 'AP' : 'neither'
  }
}

const isSplit = ({partition}: PartitionRow) => partition === 'halves'

/** What holds under every partition: the models of the row that has the weakest. */
function weakest(rows: readonly PartitionRow[]): readonly string[] {
  const [first, ...rest] = rows.map(({consistency}) => consistency.models)
  return rest.reduce<readonly string[]>((least, models) => (rank(models) < rank(least) ? models : least), first ?? [])
}

/** Models from the weakest on: enough of an order to find the weakest row. */
const ORDER = [
  'convergent',
  'monotonic-reads',
  'monotonic-writes',
  'read-your-writes',
  'writes-follow-reads',
  'pram',
  'causal',
  'sequential',
  'linearizable',
]

function rank(models: readonly string[]): number {
  return models.reduce((sum, model) => sum + 2 ** ORDER.indexOf(model), 0)
}

/** P: availability or consistency when partitioned; E (else): latency or consistency when not. */
function pacelcOf(cap: Label['cap'], {healthy, apart}: Measured): string {
  const p = cap === 'AP' ? 'PA' : cap === 'neither' ? 'P–' : cap === 'CA' ? 'P?' : 'PC'
  const waits = (before: number | null, after: number | null) =>
    before !== null && after !== null && after - before >= FURTHER_MS
  const [reads, writes] = [waits(healthy.readMs, apart.readMs), waits(healthy.writeMs, apart.writeMs)]
  if (reads && writes) return `${p}/EC`
  if (!reads && !writes) return `${p}/EL`
  return reads ? `${p}/EC reads, EL writes` : `${p}/EL reads, EC writes`
}

function sentenceOf(
  cap: Label['cap'],
  {models, lost, except}: Measured & {models: readonly string[]; lost: number; except: readonly string[]},
): string {
  const kept = models.length === 0 ? 'no model' : models.join(' and ')
  const losses = lost === 0 ? '' : `; acknowledged writes were lost (${lost})`
  const unless = except.length === 0 ? '' : `, but not with ${except.join(' or ')}`
  const words: Record<Label['cap'], string> = {
    CP: `Stays ${kept}, at the price that some nodes refuse or do not answer`,
    'CP, reads stale': `Writes keep one order and stop where there is no majority; reads are ${kept}`,
    AP: `Every node goes on answering${unless}; what reads support is ${kept}`,
    CA: `No partition hurt it: ${kept}, and every node answered`,
    neither: `Some node stopped answering under every partition, and what reads support is ${kept} all the same`,
  }
  return `${words[cap]}${losses}.`
}
