/**
 * The settings of a run as text, by the names of their flags, and where each one comes from. Flags, variables, profiles,
 * configurations and campaigns are layers of the same settings; the first layer that has a setting wins.
 */
import {RUNS_DIRECTORY} from '../store.ts'

/** The settings with one value, with their defaults. An empty default means: decided elsewhere. */
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
  links: 'auto',
  hosts: '',
  'ssh-config': '',
  compose: '',
  'compose-project': '',
  kubernetes: '',
  'kube-context': '',
  'kube-namespace': '',
  'kube-image': '',
  'client-port': '',
  'check-timeout': '60s',
  'check-memory': '2GB',
  seed: '',
  output: RUNS_DIRECTORY,
} as const

export type SettingName = keyof typeof DEFAULTS

/** A setting in force. */
export interface Setting {
  readonly name: string
  readonly value: string
  /** Who set it: `flag`, `env CHAOS_TIME`, `profile nightly`, `default`. */
  readonly origin: string
}

/** One source of settings. */
export interface SettingsLayer {
  /** The value that it has for a setting; undefined where it has none. */
  get(name: SettingName): string | undefined
  /** How it is named as the origin of this setting. */
  origin(name: SettingName): string
}

/** A layer of fixed values. */
export function layerOf(origin: string, values: Readonly<Partial<Record<SettingName, string>>>): SettingsLayer {
  return {get: (name) => values[name], origin: () => origin}
}

/** Looks settings up in layers, and remembers what it found. */
export class Settings {
  readonly #layers: readonly SettingsLayer[]
  /** What was asked for so far. */
  readonly found: Setting[] = []

  constructor(layers: readonly SettingsLayer[]) {
    this.#layers = layers
  }

  /** The value in force; `fallback` where no layer has one and the default is decided elsewhere. */
  get(name: SettingName, fallback?: string): string {
    const setting = this.#find(name, fallback)
    this.found.push(setting)
    return setting.value
  }

  #find(name: SettingName, fallback: string | undefined): Setting {
    for (const layer of this.#layers) {
      const value = layer.get(name)
      if (value !== undefined) return {name, value, origin: layer.origin(name)}
    }
    return {name, value: fallback ?? DEFAULTS[name], origin: 'default'}
  }
}
