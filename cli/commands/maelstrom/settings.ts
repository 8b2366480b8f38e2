/** From Maelstrom's flags to the settings of a run. */
import {implies, modelNamed} from '../../../checkers/elle/models.ts'
import {UsageError} from '../../../core/error.ts'
import {parseCount} from '../../../core/quantities.ts'
import {lookUp} from '../../../core/registry.ts'
import {RPCS} from '../../../hosts/maelstrom/rpcs.ts'
import {MOST_NODES} from '../../../runner/settings/limits.ts'
import type {TypedFlags} from '../../settings/layers.ts'

export type MaelstromFlags = Readonly<Record<string, unknown>>

/** How many times the interval fits into a run at least: otherwise no fault might strike. */
const CYCLES = 1

/** What is shown while a test goes on. */
const SHOWN = ['log-stderr', 'log-net-send', 'log-net-recv'] as const

/** Throws UsageError for what Maelstrom's flags cannot say. `words` are for the program. */
export function settingsFor(flags: MaelstromFlags, words: readonly string[], seed: string): TypedFlags {
  const given = (name: string): string | undefined => flags[name] as string | undefined
  const workload = given('workload') ?? 'lin-kv'
  lookUp('workload of Maelstrom', RPCS, workload)
  const names = nodeNames(flags)
  const timeS = numberOf('--time-limit', given('time-limit') ?? '60')
  const rate = numberOf('--rate', given('rate') ?? '5')
  const intervalS = Math.min(2 * numberOf('--nemesis-interval', given('nemesis-interval') ?? '10'), timeS / CYCLES)
  const latencyMs = numberOf('--latency', given('latency') ?? '0')
  const single: Record<string, string | undefined> = {
    target: 'maelstrom',
    workload,
    nodes: String(names.length),
    time: `${timeS}s`,
    // Nothing is asked at a rate of 0, as with Maelstrom: there is just time for the nodes to go about their own business.
    rate: rate === 0 ? '0.000001/s' : `${rate}/s`,
    concurrency: given('concurrency') ?? '1n',
    keys: given('key-count') ?? '10',
    nemesis: given('nemesis') ?? 'none',
    interval: `${intervalS}s`,
    'op-timeout': workload === 'lin-kv' ? `${Math.max(10 * latencyMs, 1000)}ms` : '5s',
    seed,
    output: given('output'),
  }
  const targetArgs: Record<string, string | undefined> = {
    bin: given('bin') ?? missingBin(),
    args: words.length === 0 ? undefined : JSON.stringify(words),
    nodes: names.join(','),
    latency: given('latency'),
    'latency-dist': given('latency-dist'),
    loss: given('loss'),
    topology: given('topology'),
    recovery: given('recovery'),
    strict: flags['strict'] === true ? 'true' : undefined,
    ...Object.fromEntries(SHOWN.map((name) => [name, flags[name] === true ? 'true' : undefined])),
    'consistency-models': oneModel(given('consistency-models')),
    'max-txn-length': given('max-txn-length'),
    'max-writes-per-key': given('max-writes-per-key'),
  }
  return {
    single: defined(single),
    bugs: [],
    targetArgs: Object.entries(defined(targetArgs)).map(([name, value]) => `${name}=${value}`),
    thresholds: [...availability(given('availability')), ...((flags['threshold'] as string[] | undefined) ?? [])],
  }
}

/** `--node a --node b`, `--nodes a,b`, `--node-count 3` (n0, n1, n2), or n1 to n5. */
function nodeNames(flags: MaelstromFlags): string[] {
  const single = flags['node'] as string[] | undefined
  const list = flags['nodes'] as string | undefined
  const count = flags['node-count'] as string | undefined
  const ways = [single, list, count].filter((way) => way !== undefined)
  if (ways.length > 1) throw new UsageError('--node, --nodes and --node-count say the same: give one of them.')
  if (count !== undefined) {
    return Array.from({length: parseCount('--node-count', count, 1, MOST_NODES)}, (_, i) => `n${i}`)
  }
  const names = single ?? list?.split(',').map((name) => name.trim()) ?? ['n1', 'n2', 'n3', 'n4', 'n5']
  const twice = names.find((name, i) => name === '' || names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new UsageError(`Nodes: the name "${twice}" is ${twice === '' ? 'none' : 'given twice'}.`)
  return names
}

function numberOf(flag: string, text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= 0) || !Number.isFinite(number)) {
    throw new UsageError(`${flag}: expected a number. Got "${text}".`)
  }
  return number
}

function availability(demand: string | undefined): string[] {
  if (demand === undefined) return []
  const share = demand === 'total' ? 1 : Number(demand)
  if (!(share >= 0 && share <= 1)) {
    throw new UsageError(`--availability: expected total, or a share from 0 to 1. Got "${demand}".`)
  }
  return [`ok_rate>=${share}`]
}

/** The one of these models that says all of it. Throws UsageError where two promise different things. */
function oneModel(models: string | undefined): string | undefined {
  if (models === undefined) return undefined
  const names = models.split(',').map((name) => modelNamed(name.trim()))
  const strongest = names.find((name) => names.every((other) => other === name || implies(name, other)))
  if (strongest !== undefined) return strongest
  throw new UsageError(`--consistency-models ${models}: none of them says what the others do.`, [
    'Test for one of them at a time.',
  ])
}

function missingBin(): never {
  throw new UsageError('Which program is a node? Give --bin PATH.')
}

function defined(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
