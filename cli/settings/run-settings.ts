/**
 * From flags, environment, profile and configuration to one resolved set of run options. Precedence: flag, `CHAOS_*`
 * variable, profile, configuration, default; every value remembers who set it.
 */

import {parseThreshold} from '../../checkers/liveness/thresholds.ts'
import {UsageError} from '../../core/error.ts'
import {
  parseConcurrency,
  parseCount,
  parseDuration,
  parsePair,
  parseRate,
  parseSize,
  parseSwitch,
} from '../../core/quantities.ts'
import {lookUp, unknownName} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {parseNemeses} from '../../nemesis/index.ts'
import type {RunOptions} from '../../runner/options.ts'
import {RUNS_DIRECTORY} from '../../runner/store.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {findTarget} from './catalogue.ts'
import type {LoadedConfig} from './config.ts'
import {freshSeed} from './seed.ts'

/** The run flags that take one value, with their defaults. An empty default means: decided elsewhere. */
export const DEFAULTS = {
  target: 'raft',
  nodes: '',
  workload: '',
  keys: '8',
  concurrency: '2n',
  rate: '200/s',
  time: '30s',
  ops: '',
  nemesis: '',
  interval: '5s',
  heal: '10s',
  'op-timeout': '2s',
  'fail-fast': 'false',
  toxiproxy: 'embedded',
  'check-timeout': '60s',
  'check-memory': '2GB',
  seed: '',
  output: RUNS_DIRECTORY,
} as const

export type SettingName = keyof typeof DEFAULTS

/** Values as typed, before anything is parsed. Lists come from flags that may be given several times. */
export interface TypedFlags {
  readonly single: Readonly<Partial<Record<SettingName, string>>>
  readonly bugs: readonly string[]
  readonly targetArgs: readonly string[]
  readonly thresholds: readonly string[]
  readonly profile?: string
}

export interface Setting {
  readonly name: string
  readonly value: string
  readonly origin: string
}

/** What `chaos run` does when it is not told which faults to inject. */
const DEFAULT_FAULTS = 'partition,latency,kill,pause'

/** Finds each setting's value and who set it. */
class Settings {
  readonly #typed: TypedFlags
  readonly #env: NodeJS.ProcessEnv
  readonly #loaded: LoadedConfig
  readonly origins: Setting[] = []

  constructor(typed: TypedFlags, env: NodeJS.ProcessEnv, loaded: LoadedConfig) {
    this.#typed = typed
    this.#env = env
    this.#loaded = loaded
    const known = Object.keys(DEFAULTS)
    for (const name of Object.keys(loaded.config.run ?? {})) {
      if (!known.includes(name)) throw unknownName(`setting in ${loaded.file}`, name, known)
    }
  }

  /** The value in force; `fallback` where nobody set one and the default is decided elsewhere. */
  get(name: SettingName, fallback?: string): string {
    const setting = this.#find(name, fallback)
    this.origins.push(setting)
    return setting.value
  }

  #find(name: SettingName, fallback: string | undefined): Setting {
    const flag = this.#typed.single[name]
    if (flag !== undefined) return {name, value: flag, origin: name === 'target' ? 'argument' : 'flag'}
    const variable = `CHAOS_${name.toUpperCase().replaceAll('-', '_')}`
    const set = this.#env[variable]
    if (set !== undefined && set !== '') return {name, value: set, origin: `env ${variable}`}
    const profile = this.#typed.profile === undefined ? undefined : this.#profile(this.#typed.profile).run?.[name]
    if (profile !== undefined) return {name, value: String(profile), origin: `profile ${this.#typed.profile}`}
    const configured = this.#loaded.config.run?.[name]
    if (configured !== undefined) return {name, value: String(configured), origin: String(this.#loaded.file)}
    return {name, value: fallback ?? DEFAULTS[name], origin: 'default'}
  }

  #profile(name: string) {
    return lookUp('profile', this.#loaded.config.profiles ?? {}, name)
  }
}

/** Resolves everything. Throws UsageError for the first thing that makes no sense. */
export async function resolveRun(
  typed: TypedFlags,
  env: NodeJS.ProcessEnv,
  loaded: LoadedConfig,
  directory: string,
): Promise<RunOptions> {
  const settings = new Settings(typed, env, loaded)
  const target = await findTarget(settings.get('target'), loaded, directory)
  const bugs = typed.bugs.map((name) => bugOf(target, name))
  const suggested = bugs[0]
  const workload = workloadFor(
    target,
    settings.get('workload', suggested?.workload ?? Object.keys(target.claims)[0] ?? ''),
  )
  const nodes = parseCount('--nodes', settings.get('nodes', String(target.defaultNodes)))
  const nemesis = settings.get('nemesis', suggested?.nemesis.join(',') ?? DEFAULT_FAULTS)
  const option = (name: SettingName) =>
    settings.get(name, suggested?.options?.[name] === undefined ? undefined : String(suggested.options[name]))
  const ops = option('ops')
  const seed = settings.get('seed', freshSeed())
  for (const demand of typed.thresholds) parseThreshold(demand)
  const options: Omit<RunOptions, 'command' | 'origins'> = {
    target,
    workload,
    nemeses: parseNemeses(nemesis),
    seed,
    nodes,
    concurrency: parseConcurrency('--concurrency', option('concurrency'), nodes),
    ratePerS: parseRate('--rate', option('rate')),
    timeMs: parseDuration('--time', option('time')),
    maxOperations: ops === '' ? Number.POSITIVE_INFINITY : parseCount('--ops', ops),
    keys: parseCount('--keys', option('keys')),
    intervalMs: parseDuration('--interval', option('interval')),
    healMs: parseDuration('--heal', option('heal')),
    operationTimeoutMs: parseDuration('--op-timeout', option('op-timeout')),
    bugs: typed.bugs,
    targetArgs: {
      ...(suggested === undefined ? {} : argumentsOf(suggested.options ?? {})),
      ...Object.fromEntries(typed.targetArgs.map((pair) => parsePair('--target-arg', pair))),
    },
    toxiproxy: option('toxiproxy'),
    thresholds: typed.thresholds,
    failFast: parseSwitch('--fail-fast', option('fail-fast')),
    checkTimeoutMs: parseDuration('--check-timeout', option('check-timeout')),
    checkMemoryBytes: parseSize('--check-memory', option('check-memory')),
    directory: settings.get('output'),
  }
  const origins = [
    ...settings.origins,
    ...(typed.bugs.length === 0 ? [] : [{name: 'bug', value: typed.bugs.join(','), origin: 'flag'}]),
    ...typed.targetArgs.map((value) => ({name: 'target-arg', value, origin: 'flag'})),
    ...typed.thresholds.map((value) => ({name: 'threshold', value, origin: 'flag'})),
  ]
  return {...options, origins, command: commandLine(origins, seed)}
}

/** A bug's options that are no settings of a run are arguments for its target. */
function argumentsOf(options: Readonly<Record<string, string | number>>): Record<string, string> {
  const args = Object.entries(options).filter(([name]) => !Object.hasOwn(DEFAULTS, name))
  return Object.fromEntries(args.map(([name, value]) => [name, String(value)]))
}

function bugOf(target: Target, name: string) {
  const bug = target.bugs.find((known) => known.name === name)
  if (bug !== undefined) return bug
  throw unknownName(
    `bug of ${target.name}`,
    name,
    target.bugs.map((known) => known.name),
  )
}

/** The workload, if the target speaks it. */
function workloadFor(target: Target, name: string) {
  const workload = lookUp('workload', WORKLOADS, name)
  const spoken = Object.keys(target.claims)
  const missing = workload.requires.filter((f) => !target.functions.includes(f))
  if (spoken.includes(name) && missing.length === 0) return workload
  const needs = missing.length > 0 ? `, which needs ${missing.join(', ')}` : ''
  throw new UsageError(`Target ${target.name} does not support the workload ${name}${needs}.`, [
    `It supports: ${spoken.join(', ')}`,
  ])
}

/** The command line that does the same again: what was set by hand, and the seed. */
function commandLine(origins: readonly Setting[], seed: string): string {
  const words = ['chaos', 'run']
  const target = origins.find(({name}) => name === 'target') as Setting
  words.push(target.value)
  for (const {name, value, origin} of origins) {
    if (origin === 'default' || name === 'target' || name === 'seed' || name === 'output') continue
    if (name === 'fail-fast') words.push(parseSwitch('--fail-fast', value) ? '--fail-fast' : '--no-fail-fast')
    else words.push(`--${name}`, quote(value))
  }
  return [...words, '--seed', quote(seed)].join(' ')
}

/** A word for a POSIX shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
