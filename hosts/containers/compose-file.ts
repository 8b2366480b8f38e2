/**
 * What a Compose file says of the services that are to be nodes. Everything else in it is the engine's business: variables are
 * left as they are, and ports on this machine are asked of the engine once containers run. What chaos needs to be told stands
 * in the file itself, under `x-chaos`, which Compose leaves alone.
 */
import {existsSync, readFileSync} from 'node:fs'
import {isMap, LineCounter, parseDocument} from 'yaml'
import {z} from 'zod'
import {UsageError} from '../../core/error.ts'

/** One container that is to be a node. */
export interface ComposeNode {
  readonly service: string
  /** Which of the service's replicas, from 1. */
  readonly replica: number
}

export interface ComposeFile {
  readonly nodes: readonly ComposeNode[]
  /** Ports inside of containers that are published, by service. */
  readonly published: Readonly<Record<string, readonly number[]>>
  /** The port that clients dial, where the file says so. */
  readonly client: number | undefined
}

const port = z.int().min(1).max(65_535)
const CHAOS = z.strictObject({
  nodes: z.array(z.string()).min(1).optional(),
  client: port.optional(),
  kept: z.array(z.string()).optional(),
})
type Loose = Readonly<Record<string, unknown>>

/** Reads the file. Throws UsageError that quotes what does not fit. */
export function readComposeFile(path: string): ComposeFile {
  if (!existsSync(path)) throw new UsageError(`--compose ${path}: there is no such file.`)
  return parseComposeFile(readFileSync(path, 'utf8'), path)
}

export function parseComposeFile(text: string, path: string): ComposeFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {lineCounter: lines, merge: true})
  const [error] = document.errors
  if (error !== undefined) {
    const [sentence] = error.message.split('\n')
    throw new UsageError(`--compose ${path} is no YAML: ${sentence?.replace(/:$/, '')}.`)
  }
  const whole = isMap(document.contents) ? (document.toJS() as Loose) : {}
  const services = (whole['services'] ?? {}) as Readonly<Record<string, Loose | null>>
  const names = Object.keys(services)
  if (names.length === 0) {
    throw new UsageError(`--compose ${path} has no services.`, [
      `Found at its top: ${Object.keys(whole).join(', ') || 'nothing'}. Expected: services: {name: {image: …}}`,
    ])
  }
  const chaos = settingsOf(whole['x-chaos'], path)
  const published = Object.fromEntries(names.map((name) => [name, publishedBy(services[name] ?? {})]))
  const unknown = chaos.nodes?.find((name) => !Object.hasOwn(services, name))
  if (unknown !== undefined) {
    throw new UsageError(`--compose ${path}: x-chaos names the node "${unknown}", and there is no such service.`, [
      `Services: ${names.join(', ')}`,
    ])
  }
  const chosen =
    chaos.nodes ?? names.filter((name) => (published[name] ?? []).length > 0 && !isOptional(services[name]))
  if (chosen.length === 0) {
    throw new UsageError(`--compose ${path}: no service publishes a port, so clients could reach none.`, [
      `Services: ${names.join(', ')}`,
      'Expected: ports: ["2379"] for each service that is a node.',
    ])
  }
  for (const name of chosen)
    refuseUnfit(name, services[name] ?? {}, whole, chaos.kept ?? [], published[name] ?? [], path)
  const nodes = chosen.flatMap((service) =>
    Array.from({length: replicasOf(services[service] ?? {})}, (_, i) => ({service, replica: i + 1})),
  )
  return {nodes, published, client: chaos.client}
}

/** The port inside of its container that clients of this service dial. Throws UsageError where it cannot be told. */
export function clientPort(
  service: string,
  published: readonly number[],
  asked: number | undefined,
  usual?: number,
): number {
  if (asked !== undefined && !published.includes(asked)) {
    throw new UsageError(`The service ${service} does not publish the port ${asked}, which clients are to dial.`, [
      `It publishes: ${published.join(', ')}`,
    ])
  }
  const [only, ...more] = published
  if (asked !== undefined) return asked
  if (usual !== undefined && published.includes(usual)) return usual
  if (only !== undefined && more.length === 0) return only
  throw new UsageError(`The service ${service} publishes several ports: which one do clients dial?`, [
    `It publishes: ${published.join(', ')}. Say which: --client-port ${only}, or x-chaos: {client: ${only}} in the file.`,
  ])
}

function settingsOf(found: unknown, path: string): z.infer<typeof CHAOS> {
  const result = CHAOS.safeParse(found ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UsageError(
    `--compose ${path}: x-chaos does not fit: ${issue?.path.join('.') || 'it'}: ${issue?.message}.`,
    [
      `Found: ${JSON.stringify(found)}`,
      'Expected: {nodes: [names of services], client: a port, kept: [volumes that may hold what earlier runs wrote]}',
    ],
  )
}

/** A service of a profile is not started unless somebody asks for the profile. */
const isOptional = (service: Loose | null | undefined): boolean => service?.['profiles'] !== undefined

function replicasOf(service: Loose): number {
  const deployed = (service['deploy'] as Loose | undefined)?.['replicas']
  return Number(service['scale'] ?? deployed ?? 1) || 1
}

/** `2379`, `"2379"`, `"12379:2379"`, `"127.0.0.1:12379:2379/tcp"` or `{target: 2379}`; UDP is no port of a client. */
function publishedBy(service: Loose): number[] {
  const ports = Array.isArray(service['ports']) ? (service['ports'] as unknown[]) : []
  return ports.flatMap((given) => {
    if (given !== null && typeof given === 'object') {
      const {target, protocol = 'tcp'} = given as Loose
      return protocol === 'tcp' ? [Number(target)] : []
    }
    const [, inside, protocol = 'tcp'] = /(\d+)(?:\/(\w+))?$/.exec(String(given)) ?? []
    return inside === undefined || protocol !== 'tcp' ? [] : [Number(inside)]
  })
}

/** Throws UsageError for a service that cannot be a node. */
function refuseUnfit(
  name: string,
  service: Loose,
  {volumes = {}}: Loose,
  kept: readonly string[],
  published: readonly number[],
  path: string,
): void {
  if (service['network_mode'] !== undefined && service['network_mode'] !== 'bridge') {
    throw new UsageError(
      `--compose ${path}: the service ${name} has network_mode: ${String(service['network_mode'])}, so it has no network of its own to be cut from.`,
      ['Leave network_mode out.'],
    )
  }
  if (published.length === 0) {
    throw new UsageError(`--compose ${path}: the service ${name} publishes no port, so clients cannot reach it.`, [
      'Expected: ports: ["2379"], with the port that it listens on.',
    ])
  }
  const lasting = (Array.isArray(service['volumes']) ? (service['volumes'] as unknown[]) : []).map((volume) =>
    lastingSource(volume, volumes as Readonly<Record<string, Loose | null>>),
  )
  const source = lasting.find((found) => found !== undefined && !kept.includes(found))
  if (source !== undefined) {
    throw new UsageError(
      `--compose ${path}: the service ${name} writes to ${source}, which outlives a run: what an earlier run left there would be held against this one.`,
      ['Use a named volume, mount it read-only (:ro), or say that you see to it: x-chaos: {kept: […]}'],
    )
  }
}

/** Where a volume keeps what containers write beyond the end of the project; undefined where it does not. */
function lastingSource(volume: unknown, named: Readonly<Record<string, Loose | null>>): string | undefined {
  const {source, readOnly} =
    volume !== null && typeof volume === 'object'
      ? {source: (volume as Loose)['source'], readOnly: (volume as Loose)['read_only'] === true}
      : shortVolume(String(volume))
  if (readOnly || typeof source !== 'string') return undefined
  if (/^[./~$]/.test(source)) return source
  return named[source]?.['external'] === undefined ? undefined : source
}

function shortVolume(text: string): {source: string | undefined; readOnly: boolean} {
  const parts = text.split(':')
  const [source, , mode = ''] = parts
  return {source: parts.length > 1 ? source : undefined, readOnly: mode.split(',').includes('ro')}
}
