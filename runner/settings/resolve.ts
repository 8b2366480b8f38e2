/** From settings as text to one resolved set of run options. */
import {parseThreshold} from '../../checkers/liveness/thresholds.ts'
import {UsageError} from '../../core/error.ts'
import {LINK_WAYS, type LinkChoice} from '../../core/links.ts'
import {
  flagDuration,
  parseConcurrency,
  parseCount,
  parseDuration,
  parseMemory,
  parsePair,
  parseRate,
  parseSeed,
  parseSpan,
  parseSwitch,
} from '../../core/quantities.ts'
import {closest, lookUp, unknownName} from '../../core/registry.ts'
import type {Bug, Target, TargetOptions} from '../../core/target.ts'
import type {Claim, Workload} from '../../core/workload.ts'
import {toxiproxyUrl} from '../../net/toxiproxy/server-url.ts'
import {demandArguments} from '../../targets/arguments.ts'
import {TARGETS} from '../../targets/index.ts'
import {allWorkloads, NO_PLUGINS, type PluginCatalogue, parseFaults} from '../catalogue.ts'
import {nodeNames, type RunOptions} from '../options.ts'
import {commandLine} from './command-line.ts'
import {containerCount, containersOf, demandContainers, usualFaults} from './containers.ts'
import {demandLinkable, demandPlannable, MOST_KEYS, MOST_THREADS} from './limits.ts'
import {DEFAULTS, type SettingName, Settings, type SettingsLayer} from './run-settings.ts'

/** What is asked of a run, as text. */
export interface RunRequest {
  /** Where settings come from, the strongest first. */
  readonly layers: readonly SettingsLayer[]
  /** Names of planted bugs. */
  readonly bugs: readonly string[]
  /** `name=value` for the target. */
  readonly targetArgs: readonly string[]
  readonly thresholds: readonly string[]
  /** The seed where no layer has one. */
  readonly freshSeed: string
  /** How chaos is called in the command line that does the run again; `chaos` by default. */
  readonly program?: string
  /** Workloads and nemeses of plug-ins. */
  readonly plugins?: PluginCatalogue
  /** Finds a target by name. Rejects with UsageError where there is none. */
  findTarget(name: string): Promise<Target>
}

/** The faults that are injected when nothing says which. */
const DEFAULT_FAULTS = 'partition,latency,kill,pause'

/** Resolves everything. Throws UsageError for the first thing that makes no sense. */
export async function resolveRun(request: RunRequest): Promise<RunOptions> {
  const {thresholds} = request
  const bugNames = [...new Set(request.bugs)]
  const settings = new Settings(request.layers)
  const target = await request.findTarget(settings.get('target'))
  const bugs = bugNames.map((name) => bugOf(target, name))
  const suggested: Bug | undefined = bugs[0] ?? target.flaw
  const plugins = request.plugins ?? NO_PLUGINS
  const targetArgs = {
    ...(suggested === undefined ? {} : argumentsOf(suggested.options ?? {})),
    ...Object.fromEntries(request.targetArgs.map((pair) => parsePair('--target-arg', pair))),
  }
  const workload = workloadFor(
    target,
    target.claimsWith?.({nodes: [], bugs: bugNames, args: targetArgs}) ?? target.claims,
    allWorkloads(plugins),
    aliased(target, settings.get('workload', suggested?.workload ?? Object.keys(target.claims)[0] ?? '')),
  )
  const machines = machinesOf(settings.get('hosts'))
  const sshConfig = settings.get('ssh-config')
  if (sshConfig !== '' && machines.length === 0) {
    throw new UsageError('--ssh-config without --hosts.', ['Name the machines: --hosts a,b,c'])
  }
  const containers = containersOf(settings, target)
  if (containers !== undefined && machines.length > 0) {
    throw new UsageError(`--hosts and --${containers.engine}: nodes are in one place.`, ['Give one of them.'])
  }
  const nodes = nodeCount(
    settings.get(
      'nodes',
      String(machines.length || containerCount(containers) || (suggested?.options?.['nodes'] ?? target.defaultNodes)),
    ),
  )
  demandNodes(target, nodes)
  demandArguments(target, targetArgs)
  demandFit(target, {
    nodes: target.nodeNames?.(nodes, targetArgs) ?? nodeNames(nodes),
    bugs: bugNames,
    args: {workload: workload.name, ...targetArgs},
  })
  demandCompatible(bugs)
  for (const bug of bugs) demandKept(target, bug, targetArgs)
  demandContainers(containers, nodes)
  const nemesis = settings.get(
    'nemesis',
    suggested?.nemesis.join(',') ??
      target.defaults?.['nemesis'] ??
      (containers === undefined ? DEFAULT_FAULTS : usualFaults(containers)),
  )
  const usual: Readonly<Record<string, string>> = {...target.defaults, ...target.workloadDefaults?.[workload.name]}
  const option = (name: SettingName) => settings.get(name, suggested?.options?.[name]?.toString() ?? usual[name])
  const ops = option('ops')
  const seed = parseSeed('--seed', settings.get('seed', request.freshSeed))
  for (const demand of thresholds) parseThreshold(demand)
  const concurrency = parseConcurrency('--concurrency', option('concurrency'), nodes, MOST_THREADS)
  const rate = option('rate')
  const ratePerS = parseRate('--rate', rate)
  const time = option('time')
  const timeMs = parseSpan('--time', time)
  const maxOperations = ops === '' ? Number.POSITIVE_INFINITY : parseCount('--ops', ops)
  demandPlannable({rate, ratePerS, time, timeMs, maxOperations})
  const options: Omit<RunOptions, 'command' | 'origins'> = {
    target,
    workload,
    nemeses: parseFaults(nemesis, plugins),
    seed,
    nodes,
    concurrency,
    ratePerS,
    timeMs,
    maxOperations,
    keys: parseCount('--keys', option('keys'), 1, MOST_KEYS),
    intervalMs: parseSpan(
      '--interval',
      settings.get(
        'interval',
        suggested?.options?.['interval']?.toString() ?? fittingInterval(usual['interval'] ?? DEFAULTS.interval, timeMs),
      ),
    ),
    healMs: parseDuration('--heal', option('heal')),
    operationTimeoutMs: parseSpan('--op-timeout', option('op-timeout')),
    bugs: bugNames,
    targetArgs,
    toxiproxy: toxiproxyChoice(option('toxiproxy')),
    links: containers?.engine ?? (machines.length > 0 ? 'ssh' : linkChoice(option('links'))),
    ...(containers === undefined ? {} : {containers}),
    machines,
    ...(sshConfig === '' ? {} : {sshConfig}),
    thresholds,
    failFast: parseSwitch('--fail-fast', option('fail-fast')),
    checkTimeoutMs: parseDuration('--check-timeout', option('check-timeout')),
    checkMemoryBytes: parseMemory('--check-memory', option('check-memory')),
    directory: settings.get('output'),
  }
  const origins = [
    ...settings.found,
    ...(bugNames.length === 0 ? [] : [{name: 'bug', value: bugNames.join(','), origin: 'flag'}]),
    ...request.targetArgs.map((value) => ({name: 'target-arg', value, origin: 'flag'})),
    ...thresholds.map((value) => ({name: 'threshold', value, origin: 'flag'})),
  ]
  return {...options, origins, command: commandLine(origins, seed, request.program)}
}

/** Where nobody asked for an interval, a short run has a shorter one: else its faults would strike when it is over. */
function fittingInterval(usual: string, timeMs: number): string {
  const fittingMs = Math.round(timeMs / 2)
  return parseDuration('--interval', usual) <= fittingMs ? usual : flagDuration(fittingMs)
}

/** Reads `--hosts a,b,c`. Throws UsageError for a name that `ssh` would take for an option. */
function machinesOf(text: string): string[] {
  if (text === '') return []
  const names = text.split(',').map((name) => name.trim())
  const bad = names.find((name) => name === '' || name.startsWith('-') || /\s/.test(name))
  if (bad === undefined) return names
  throw new UsageError(`--hosts ${text}: "${bad}" is no machine.`, [
    'Expected: a,b,c with names as ssh takes them, such as user@host:22.',
  ])
}

/** Those of a bug's options that the target itself takes; the others are those of a run. */
export function argumentsOf(options: Readonly<Record<string, string | number>>): Record<string, string> {
  const args = Object.entries(options).filter(([name]) => !Object.hasOwn(DEFAULTS, name))
  return Object.fromEntries(args.map(([name, value]) => [name, String(value)]))
}

/** Throws UsageError with the nearest name, and the target that has a bug of just this name. */
export function bugOf(target: Target, name: string): Bug {
  const bug = target.bugs.find((known) => known.name === name)
  if (bug !== undefined) return bug
  const names = target.bugs.map((known) => known.name)
  const error = unknownName(`bug of ${target.name}`, name, names)
  const owners = Object.entries(TARGETS).filter(([, {bugs}]) => bugs.some((known) => known.name === name))
  throw new UsageError(error.message, [
    ...owners.map(([owner]) => `It is a bug of ${owner}: chaos run ${owner} --bug ${name}`),
    ...error.hints,
  ])
}

/** The name of a workload that the target knows by this one. */
function aliased({aliases = {}}: Target, name: string): string {
  return Object.hasOwn(aliases, name) ? (aliases[name] as string) : name
}

/** `embedded`, `auto`, or where a server is. A slip is told before there is a run directory. */
function toxiproxyChoice(text: string): string {
  if (text !== 'embedded' && text !== 'auto') toxiproxyUrl(text)
  return text
}

/** How many nodes somebody asked for. Throws UsageError for more than there can be anywhere, however many. */
function nodeCount(text: string): number {
  const nodes = parseCount('--nodes', text, 1, Number.POSITIVE_INFINITY)
  demandLinkable(nodes, text)
  return nodes
}

/** Throws UsageError where the design needs more nodes than these. */
export function demandNodes({name, minNodes = 1}: Target, nodes: number): void {
  if (nodes >= minNodes) return
  throw new UsageError(`--nodes ${nodes}: the target ${name} needs at least ${minNodes} nodes.`, [
    `Give --nodes ${minNodes} or more.`,
  ])
}

/** Throws UsageError for options that make no sense together. */
export function demandFit(target: Target, options: TargetOptions): void {
  const why = target.unfit?.(options)
  if (why !== undefined) throw new UsageError(`The target ${target.name} cannot be run like that: ${why}.`)
}

/** Throws UsageError for an argument that takes a bug away: three-phase commit is none where `mode=tcc`. Numbers may be changed. */
function demandKept({accepts = {}}: Target, {name, options = {}}: Bug, args: TargetOptions['args']): void {
  for (const [key, value] of Object.entries(argumentsOf(options))) {
    if (!Array.isArray(accepts[key]) || args[key] === value) continue
    throw new UsageError(`The bug "${name}" does not go with --target-arg ${key}=${args[key]}.`, [
      `It shows with ${key}=${value}: leave the argument out, or the bug.`,
    ])
  }
}

/** Throws UsageError for two bugs that exclude each other. */
function demandCompatible(bugs: readonly Bug[]): void {
  for (const bug of bugs) {
    const other = bugs.find(({name, excludes = []}) => bug.excludes?.includes(name) || excludes.includes(bug.name))
    if (other === undefined) continue
    throw new UsageError(`The bugs "${bug.name}" and "${other.name}" exclude each other.`, [
      `${bug.name}: ${bug.change}`,
      `${other.name}: ${other.change}`,
      'Give one of them.',
    ])
  }
}

/** The workload, if the target supports it. */
function workloadFor(
  target: Target,
  claims: Target['claims'],
  workloads: Readonly<Record<string, Workload>>,
  name: string,
): Workload {
  const workload = lookUp('workload', workloads, name)
  const supported = Object.keys(claims)
  const missing = workload.requires.filter((f) => !target.functions.includes(f))
  if (supported.includes(name) && missing.length === 0) {
    demandClaim(target, workload, claims[name] as string)
    return workload
  }
  const needs = missing.length > 0 ? `, which needs ${missing.join(', ')}` : ''
  const slip = supported.includes(name) ? undefined : supported.find((claimed) => !Object.hasOwn(workloads, claimed))
  const meant = slip === undefined ? undefined : closest(slip, Object.keys(workloads))
  const speaks = supported.includes(name) ? [`It speaks: ${target.functions.join(', ') || 'nothing'}`] : []
  throw new UsageError(`Target ${target.name} does not support the workload ${name}${needs}.`, [
    ...speaks,
    ...(meant === undefined ? [] : [`It claims "${slip}", which is no workload. Did you mean "${meant}"?`]),
    supported.length > 0 ? `It supports: ${supported.join(', ')}` : 'With these arguments it promises nothing.',
  ])
}

/** Bounds of staleness are numbers of the target's own. */
const BOUNDED = /^bounded-staleness-\d+ms$/

/** Throws UsageError for a claim that the workload cannot judge: taken for a weaker one, it would pass what breaks it. */
function demandClaim({name}: Target, workload: Workload, claim: string): void {
  if (workload.claims.includes(claim as Claim)) return
  if (BOUNDED.test(claim) && workload.claims.some((known) => BOUNDED.test(known))) return
  const guess = closest(String(claim), workload.claims)
  throw new UsageError(
    `Target ${name} claims "${claim}" for the workload ${workload.name}, which cannot judge that.${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
    [`Claims of ${workload.name}: ${workload.claims.join(', ')}`],
  )
}

function linkChoice(name: string): LinkChoice {
  const choices: readonly LinkChoice[] = ['auto', ...LINK_WAYS]
  return lookUp('way of links', Object.fromEntries(choices.map((choice) => [choice, choice])), name)
}
