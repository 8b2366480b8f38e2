/**
 * What a target that is a command line has to look like, and what its client has to be: said by name before anything starts,
 * or at the first connection. A field with a slip in its name would be passed over in silence.
 */
import type {Client} from '../../core/client.ts'
import type {CommandTarget} from '../../core/config.ts'
import {messageOf, UsageError} from '../../core/error.ts'
import {closest} from '../../core/registry.ts'
import {parseTemplate} from './template.ts'

const FIELDS: readonly (keyof CommandTarget | 'name')[] = [
  ...(['name', 'command', 'client', 'claims', 'functions', 'nodes'] as const),
  ...(['ready', 'probe', 'truthfulRefusals', 'description'] as const),
]

const SEE = 'See docs/plugins.md, "A target of your own".'

/** Throws UsageError for the first thing that is wrong with it. */
export function assertCommandTarget(name: string, target: CommandTarget): void {
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`The target ${name} ${what}`, [hint, SEE])
  }
  for (const field of Object.keys(target)) {
    if ((FIELDS as readonly string[]).includes(field)) continue
    const guess = closest(field, FIELDS)
    refuse(
      `has an unknown field "${field}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
      `Fields: ${FIELDS.join(', ')}`,
    )
  }
  parseTemplate(target.command)
  const {claims, functions} = target
  if (typeof claims !== 'object' || claims === null || Object.keys(claims).length === 0) {
    refuse('claims nothing.', "Such as: claims: {register: 'linearizable'}")
  }
  if (functions !== undefined && !isListOfTexts(functions)) {
    refuse('has functions that are no list of names.', "Such as: functions: ['read', 'write']")
  }
  readyLine(name, target)
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

/** What a line that says "up" matches; undefined where a connection says it. Throws UsageError where it is neither. */
export function readyLine(name: string, {ready = 'tcp'}: CommandTarget): RegExp | undefined {
  if (ready === 'tcp') return undefined
  const log: unknown = (ready as {log?: unknown} | null)?.log
  if (typeof log === 'string' || log instanceof RegExp) {
    try {
      return new RegExp(log)
    } catch (error) {
      throw new UsageError(`The target ${name} is ready at a line that is no pattern: ${messageOf(error)}`, [SEE])
    }
  }
  throw new UsageError(`The target ${name} is ready when? Got ${JSON.stringify(ready)}.`, [
    "Either: ready: 'tcp' (it accepts connections), or ready: {log: 'listening'} (it printed a line that matches).",
    SEE,
  ])
}

/** A client that has what every client has. Its `close` may be absent, or answer at once. Throws UsageError for anything else. */
export function asClient(name: string, client: Partial<Client> | undefined): Client {
  const operations: unknown = client?.operations
  if (typeof operations === 'object' && operations !== null) {
    return {operations: operations as Client['operations'], close: async () => client?.close?.()}
  }
  throw new UsageError(`The client of ${name} has no operations.`, [
    'Expected: {operations: {read: async ({key}) => …, write: async ({key, value}) => …}, close: async () => {}}',
    SEE,
  ])
}
