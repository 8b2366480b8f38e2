/**
 * The layers that the settings of a run come from on a command line, the strongest first: flags, `CHAOS_*` variables, the
 * profile, the configuration.
 */
import {lookUp, unknownName} from '../../core/registry.ts'
import {DEFAULTS, layerOf, type SettingName, type SettingsLayer} from '../../runner/settings/run-settings.ts'
import type {LoadedConfig} from './config.ts'

/** Flags of a run as typed. Lists come from flags that may be given several times. */
export interface TypedFlags {
  readonly single: Readonly<Partial<Record<SettingName, string>>>
  readonly bugs: readonly string[]
  readonly targetArgs: readonly string[]
  readonly thresholds: readonly string[]
  readonly profile?: string
}

/** Throws UsageError for a profile that does not exist, and for a setting in the configuration that does not. */
export function runLayers(
  {single, profile}: Pick<TypedFlags, 'single' | 'profile'>,
  env: NodeJS.ProcessEnv,
  loaded: LoadedConfig,
): SettingsLayer[] {
  return [
    {get: (name) => single[name], origin: (name) => (name === 'target' ? 'argument' : 'flag')},
    {get: (name) => env[variableOf(name)] || undefined, origin: (name) => `env ${variableOf(name)}`},
    ...(profile === undefined ? [] : [profileLayer(profile, loaded)]),
    configLayer(loaded),
  ]
}

/** The `run` of the configuration. */
export function configLayer({config, file}: LoadedConfig): SettingsLayer {
  return layerOf(String(file), settingsOf(config.run ?? {}, String(file)))
}

function profileLayer(name: string, {config, file}: LoadedConfig): SettingsLayer {
  const {run = {}} = lookUp('profile', config.profiles ?? {}, name)
  return layerOf(`profile ${name}`, settingsOf(run, `profile ${name} of ${file}`))
}

function settingsOf(values: Readonly<Record<string, unknown>>, place: string): Partial<Record<SettingName, string>> {
  const known = Object.keys(DEFAULTS)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!known.includes(name)) throw unknownName(`setting in ${place}`, name, known)
      return [name, String(value)]
    }),
  )
}

function variableOf(name: SettingName): string {
  return `CHAOS_${name.toUpperCase().replaceAll('-', '_')}`
}
