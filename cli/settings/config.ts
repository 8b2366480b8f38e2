/**
 * Finds and reads `chaos.config.ts` (or `.js`, `.mjs`, `.json`) and says in plain words what is wrong with it.
 */
import {existsSync, readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {CommandTarget, Config} from '../../core/config.ts'
import {messageOf, UsageError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'

const NAMES = ['chaos.config.ts', 'chaos.config.js', 'chaos.config.mjs', 'chaos.config.json']

export interface LoadedConfig {
  readonly config: Config
  /** Where it was found; undefined when there is none. */
  readonly file: string | undefined
}

/** Reads the file given, or the first of the usual names in this directory. No file is an empty configuration. */
export async function loadConfig(given: string | undefined, directory: string): Promise<LoadedConfig> {
  const found = given ?? NAMES.find((name) => existsSync(resolve(directory, name)))
  if (found === undefined) return {config: {}, file: undefined}
  const file = resolve(directory, found)
  if (!existsSync(file)) throw new UsageError(`No such configuration file: ${given}`)
  const config = await read(file, found)
  await check(config, found)
  return {config: config as Config, file: found}
}

/** Imports a module whatever it is written in; TypeScript goes through jiti, since Node 20 cannot read it. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(file)) return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  const {createJiti} = await import('jiti')
  return (await createJiti(import.meta.url).import(file)) as Record<string, unknown>
}

async function read(file: string, name: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'))
    const module = await importModule(file)
    return module['default'] ?? module
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${messageOf(error)}`, [], error)
  }
}

async function check(config: unknown, name: string): Promise<void> {
  const {z} = await import('zod')
  const defaults = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
  const command = z.looseObject({
    command: z.string(),
    client: z.custom(isFunction, 'expected a function'),
    claims: z.record(z.string(), z.string()),
  })
  const target = z.looseObject({name: z.string(), start: z.custom(isFunction, 'expected a function')})
  const profile = z.strictObject({
    matrix: z
      .strictObject({
        target: z.array(z.string()).optional(),
        workload: z.array(z.string()).optional(),
        faults: z.array(z.array(z.string())).optional(),
      })
      .optional(),
    budget: z.string().optional(),
    canaries: z.union([z.enum(['all', 'none']), z.array(z.string())]).optional(),
    thresholds: z.array(z.string()).optional(),
    run: defaults.optional(),
  })
  const schema = z.strictObject({
    targets: z.record(z.string(), z.union([z.string(), command, target])).optional(),
    run: defaults.optional(),
    profiles: z.record(z.string(), profile).optional(),
  })
  const result = schema.safeParse(config)
  if (result.success) return
  const problems = result.error.issues.map(({path, message}) => `${path.join('.') || 'top level'}: ${message}`)
  throw new UsageError(`${name} is not a valid configuration.`, problems)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

export function isCommandTarget(value: CommandTarget | Target): value is CommandTarget {
  return 'command' in value
}
