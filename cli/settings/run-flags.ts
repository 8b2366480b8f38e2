/** The flags of `chaos run`, shared with the commands that start runs of their own. */
import {Flags} from '@oclif/core'
import {DEFAULTS, type SettingName} from '../../runner/settings/run-settings.ts'
import type {TypedFlags} from './layers.ts'

const WORDS: Record<
  Exclude<SettingName, 'target' | 'fail-fast'>,
  {readonly description: string; readonly char?: 'w' | 'o'; readonly helpGroup: string}
> = {
  nodes: {description: 'how many nodes [default: the target’s]', helpGroup: 'TARGET'},
  toxiproxy: {
    description: 'embedded, auto (the real one if it is installed) or the URL of a server',
    helpGroup: 'TARGET',
  },
  hosts: {
    description: 'machines reached by SSH, one a node: a,user@b:22,c',
    helpGroup: 'TARGET',
  },
  'ssh-config': {description: 'a configuration file for ssh [default: your own]', helpGroup: 'TARGET'},
  compose: {
    description: 'a Compose file whose containers are the nodes',
    helpGroup: 'TARGET',
  },
  'compose-project': {
    description: 'the name of the project that is made [default: one of its own]',
    helpGroup: 'TARGET',
  },
  kubernetes: {
    description: 'a selector of the pods that are the nodes: app=etcd',
    helpGroup: 'TARGET',
  },
  'kube-context': {description: 'a context of the kubeconfig [default: the current one]', helpGroup: 'TARGET'},
  'kube-namespace': {description: 'the namespace of the pods [default: that of the context]', helpGroup: 'TARGET'},
  'kube-image': {
    description: 'the image from which the rules of pods are changed [default: nicolaka/netshoot]',
    helpGroup: 'TARGET',
  },
  'client-port': {description: 'the port inside of containers that clients dial', helpGroup: 'TARGET'},
  links: {
    description: 'how nodes are made to dial their own links: auto, config, hosts, preload or netns',
    helpGroup: 'TARGET',
  },
  workload: {description: 'what clients do [default: the target’s first]', char: 'w', helpGroup: 'WORKLOAD'},
  keys: {description: 'independent objects in use at a time', helpGroup: 'WORKLOAD'},
  concurrency: {description: 'client threads: a number, or 2n for two a node', helpGroup: 'WORKLOAD'},
  rate: {description: 'operations per second over all clients, or max', helpGroup: 'WORKLOAD'},
  time: {description: 'how long clients run', helpGroup: 'WORKLOAD'},
  ops: {description: 'at most this many operations', helpGroup: 'WORKLOAD'},
  'op-timeout': {description: 'how long one operation may take before its outcome is unknown', helpGroup: 'WORKLOAD'},
  nemesis: {
    description:
      'faults: a list such as partition,kill:leader, or all, or none [default: partition,latency,kill,pause]',
    helpGroup: 'FAULTS',
  },
  interval: {
    description: 'mean time between two injections of one fault [default: 5s, or half of a shorter --time]',
    helpGroup: 'FAULTS',
  },
  heal: {description: 'how long the cluster may take to come to rest in the end', helpGroup: 'FAULTS'},
  'check-timeout': {description: 'time for checking, after which the answer is unknown', helpGroup: 'CHECK'},
  'check-memory': {description: 'memory for checking, likewise', helpGroup: 'CHECK'},
  seed: {description: 'decides operations, faults and victims [default: a fresh one]', helpGroup: 'REPRODUCE'},
  output: {description: 'where run directories are made', char: 'o', helpGroup: 'OUTPUT'},
}

/** One string flag for each setting: what is not given stays undefined, so that its origin is known. */
export const settingFlags = Object.fromEntries(
  Object.entries(WORDS).map(([name, {description, char, helpGroup}]) => {
    const fallback = DEFAULTS[name as SettingName]
    const shown =
      fallback === '' || description.includes('[default: ') ? description : `${description} [default: ${fallback}]`
    return [
      name,
      Flags.string({description: shown, helpGroup, helpValue: '<value>', ...(char === undefined ? {} : {char})}),
    ]
  }),
) as Record<keyof typeof WORDS, ReturnType<typeof Flags.string>>

export const switchFlags = {
  'fail-fast': Flags.boolean({
    description: 'stop as soon as a violation is proved',
    allowNo: true,
    helpGroup: 'CHECK',
  }),
}

export const listFlags = {
  bug: Flags.string({
    description: 'switch a named bug of the target on (repeatable)',
    multiple: true,
    helpGroup: 'TARGET',
  }),
  'target-arg': Flags.string({
    description: 'name=value for the target (repeatable)',
    multiple: true,
    helpGroup: 'TARGET',
  }),
  threshold: Flags.string({
    description: "such as 'ok_rate>0.95', 'p99(read)<200ms', 'recovery<10s' (repeatable)",
    multiple: true,
    helpGroup: 'CHECK',
  }),
}

export const configFlags = {
  config: Flags.string({
    description: 'configuration file [default: chaos.config.ts, .js, .mjs or .json]',
    helpGroup: 'CONFIG',
  }),
  profile: Flags.string({description: 'a profile of the configuration', helpGroup: 'CONFIG'}),
}

export const terminalFlags = {
  'no-color': Flags.boolean({description: 'no colours', helpGroup: 'OUTPUT'}),
  quiet: Flags.boolean({char: 'q', description: 'nothing on standard error', helpGroup: 'OUTPUT'}),
  verbose: Flags.boolean({char: 'v', description: 'say more', helpGroup: 'OUTPUT'}),
}

/** What comes out of a run, in which form, and what counts as success. */
export const outputFlags = {
  reporter: Flags.string({
    description: 'list, minimal, dot, json, ndjson, junit or github, as name or name=path (repeatable)',
    multiple: true,
    helpGroup: 'OUTPUT',
  }),
  json: Flags.boolean({description: 'the same as --reporter json', helpGroup: 'OUTPUT'}),
  open: Flags.string({
    description: 'open the report when the run has ended',
    options: ['on-failure', 'never', 'always'],
    default: 'never',
    helpGroup: 'OUTPUT',
  }),
  expect: Flags.string({
    description: 'what counts as success; a canary expects a violation',
    options: ['pass', 'violation', 'any'],
    default: 'pass',
    helpGroup: 'CI',
  }),
  unknown: Flags.string({
    description: 'what an inconclusive run counts as',
    options: ['pass', 'fail', 'unknown'],
    default: 'unknown',
    helpGroup: 'CI',
  }),
}

/** What was typed, as settings take it. */
export function typedFlags(flags: Readonly<Record<string, unknown>>, target: string | undefined): TypedFlags {
  const names = Object.keys(DEFAULTS) as SettingName[]
  const single = Object.fromEntries(
    names
      .filter((name) => typeof flags[name] === 'string' || typeof flags[name] === 'boolean')
      .map((name) => [name, String(flags[name])]),
  )
  return {
    single: target === undefined ? single : {...single, target},
    bugs: (flags['bug'] as string[] | undefined) ?? [],
    targetArgs: (flags['target-arg'] as string[] | undefined) ?? [],
    thresholds: (flags['threshold'] as string[] | undefined) ?? [],
    ...(flags['profile'] === undefined ? {} : {profile: flags['profile'] as string}),
  }
}
