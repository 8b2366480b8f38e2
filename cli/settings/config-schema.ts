/** What a configuration has to look like: checked when one is read, and printed as JSON Schema for editors. */
import {z} from 'zod'
import {PLUGIN_KINDS} from '../../core/config.ts'
import {DEFAULTS} from '../../runner/settings/run-settings.ts'

const isFunction = (value: unknown): boolean => typeof value === 'function'
const aFunction = z.custom(isFunction, 'expected a function')

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
// Names are checked where they are used, with a suggestion; the schema lists them for completion.
const run = z.record(z.string(), value).describe('Defaults of chaos run, by the names of its flags')

const command = z.looseObject({
  command: z.string(),
  client: aFunction,
  claims: z.record(z.string(), z.string()),
})
const target = z.looseObject({name: z.string(), start: aFunction})
const modulePath = z.string().describe('Path of a module whose default export is the object, or the name of a package')

// Their shape is checked by name when they are loaded (plugins.ts).
const entries = z.record(z.string(), z.union([z.string(), z.looseObject({}), aFunction]))
const plugin = z.strictObject({
  targets: z.record(z.string(), z.union([z.string(), command, target])).optional(),
  workloads: entries.optional(),
  nemeses: entries.optional(),
  checkers: entries.optional(),
})

const profile = z
  .strictObject({
    matrix: z
      .strictObject({
        target: z.array(z.string()).optional(),
        workload: z.array(z.string()).optional(),
        faults: z.array(z.array(z.string())).optional(),
      })
      .optional()
      .describe('Targets × workloads × lists of faults that chaos ci runs'),
    budget: z.string().optional().describe('How long chaos ci takes at most, such as 20m'),
    canaries: z.union([z.enum(['all', 'none']), z.array(z.string())]).optional(),
    thresholds: z.array(z.string()).optional(),
    run: run.optional(),
  })
  .describe('A named set of runs for chaos ci and chaos run --profile')

const fields = {
  run: run.optional(),
  profiles: z.record(z.string(), profile).optional(),
}

/** Of a configuration as it was read, functions and all. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  ...plugin.shape,
  plugins: z.array(z.union([z.string(), plugin])).optional(),
  ...fields,
})

/** JSON Schema of a configuration in JSON. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(
    z.strictObject({
      $schema: z.string().optional(),
      ...Object.fromEntries(PLUGIN_KINDS.map((kind) => [kind, z.record(z.string(), modulePath).optional()])),
      plugins: z.array(modulePath).optional(),
      ...fields,
    }),
  ) as unknown as {properties: {run: {properties?: object}}} & Record<string, unknown>
  schema.properties.run.properties = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, fallback]) => [name, fallback === '' ? {} : {default: fallback}]),
  )
  return {...schema, title: 'chaos.config.json'}
}
