/** What a Maelstrom run is told, as arguments of the target: the same words as Maelstrom's flags. */
import {accessSync, constants, existsSync, realpathSync, statSync} from 'node:fs'
import {resolve} from 'node:path'
import {EnvironmentError, UsageError} from '../../core/error.ts'
import {parseDuration} from '../../core/quantities.ts'
import {lookUp, unknownName} from '../../core/registry.ts'
import type {MaelstromSettings} from '../../hosts/maelstrom/cluster.ts'
import {DISTRIBUTIONS} from '../../hosts/maelstrom/network.ts'
import {type MaelstromWorkload, RPCS} from '../../hosts/maelstrom/rpcs.ts'
import {TOPOLOGIES, type TopologyName} from '../../hosts/maelstrom/topologies.ts'

/** Every argument, with what it means where it is left out. */
export const ARGUMENTS = {
  bin: '',
  args: '[]',
  nodes: '',
  latency: '0',
  'latency-dist': 'constant',
  loss: '0',
  topology: 'grid',
  recovery: '10s',
  strict: 'false',
  'log-stderr': 'false',
  'log-net-send': 'false',
  'log-net-recv': 'false',
  'consistency-models': 'strict-serializable',
  'max-txn-length': '4',
  'max-writes-per-key': '16',
} as const

export type ArgumentName = keyof typeof ARGUMENTS

/** Workloads that read everything in the end, once what was sent has arrived. */
const RECOVERING: readonly MaelstromWorkload[] = ['broadcast', 'g-set', 'g-counter', 'pn-counter', 'kafka']

/** The names of the nodes: those given, or as many as there are to be, from n1 on. */
export function nodeNames(count: number, args: Readonly<Record<string, string>>): readonly string[] {
  const names = (args['nodes'] ?? '').split(',').filter((name) => name !== '')
  return names.length === 0 ? Array.from({length: count}, (_, i) => `n${i + 1}`) : names
}

/** Throws UsageError for what makes no sense, EnvironmentError where there is no such program. */
export function settingsOf(args: Readonly<Record<string, string>>): MaelstromSettings {
  for (const name of Object.keys(args)) {
    if (name !== 'workload' && !Object.hasOwn(ARGUMENTS, name)) {
      throw unknownName('argument of maelstrom', name, Object.keys(ARGUMENTS))
    }
  }
  const given = (name: ArgumentName) => args[name] ?? ARGUMENTS[name]
  const workload = plainName(given('workload' as ArgumentName))
  const latency = given('latency')
  const loss = Number(given('loss'))
  if (!(loss >= 0 && loss < 1)) throw new UsageError(`loss: expected a share from 0 to below 1. Got "${args['loss']}".`)
  return {
    workload: lookUp(
      'workload of Maelstrom',
      Object.fromEntries(Object.keys(RPCS).map((n) => [n, n])),
      workload,
    ) as MaelstromWorkload,
    bin: programAt(given('bin')),
    args: JSON.parse(given('args')) as string[],
    network: {
      latencyMs: durationOf('latency', latency),
      distribution: lookUp(
        'latency distribution',
        Object.fromEntries(DISTRIBUTIONS.map((n) => [n, n])),
        given('latency-dist'),
      ),
      loss,
    },
    topology: lookUp(
      'topology',
      Object.fromEntries(Object.keys(TOPOLOGIES).map((n) => [n, n])),
      given('topology'),
    ) as TopologyName,
    recoveryMs: RECOVERING.includes(workload as MaelstromWorkload) ? durationOf('recovery', given('recovery')) : 0,
    strict: given('strict') === 'true',
    logStderr: given('log-stderr') === 'true',
    logSent: given('log-net-send') === 'true',
    logReceived: given('log-net-recv') === 'true',
  }
}

/** Our `maelstrom-broadcast` is what Maelstrom calls `broadcast`. */
function plainName(workload: string): string {
  return workload.replace(/^maelstrom-/, '')
}

/** A duration; a bare number is milliseconds, as with Maelstrom. */
function durationOf(name: string, text: string): number {
  return /^0+$/.test(text) ? 0 : parseDuration(name, /^\d+(\.\d+)?$/.test(text) ? `${text}ms` : text)
}

/** The program, as Maelstrom finds it: by its path alone. */
function programAt(bin: string): string {
  if (bin === '') throw new UsageError('Which program is a node? Give --bin PATH.')
  const path = resolve(bin)
  if (!existsSync(path)) throw new EnvironmentError(`There is no program ${bin}.`, [`Looked for: ${path}`])
  if (statSync(path).isDirectory()) throw new EnvironmentError(`${bin} is a folder, not a program.`)
  try {
    accessSync(path, constants.X_OK)
  } catch {
    throw new EnvironmentError(`${bin} cannot be executed.`, [`Perhaps: chmod +x ${bin}`])
  }
  return realpathSync(path)
}
