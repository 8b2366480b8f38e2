/**
 * The HTTP API: which path and verb does what, and what the bodies mean. One function per request, from a request to an
 * answer; sockets and headers are `http.ts`'s business.
 */
import type {Clock} from '../../../core/clock.ts'
import type {Random} from '../../../core/random.ts'
import type {Direction} from '../api.ts'
import {toxicOf} from '../toxics/index.ts'
import {attributesOf, mergedAttributes} from './attributes.ts'
import {booleanField, type Fields, field, floatField, mismatch, objectOf, stringField} from './decode.ts'
import {ApiError, invalidStream, invalidToxicType, missingField, toxicExists, toxicNotFound} from './error.ts'
import {firstJson, type Json} from './json.ts'
import {type Metrics, runtimeMetricsText} from './metrics.ts'
import type {Proxies, ProxyRequest} from './proxies.ts'
import type {TcpProxy} from './proxy.ts'
import {ToxicEntry} from './toxic-entry.ts'

/** What to send back. `json` and `text` are alternatives; with neither the body is empty. */
export interface Answer {
  status: number
  json?: unknown
  text?: string
  contentType?: string
}

/** What the routes act upon. */
export interface Service {
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Metrics | undefined
  readonly proxies: Proxies
  /** Proxies may bring toxics with them; the real server ignores those. */
  readonly strict: boolean
  readonly version: string
  readonly runtimeMetrics: boolean
}

type Handler = (service: Service, body: string, names: string[]) => Answer | Promise<Answer>

/** Paths by pattern; `*` stands for one name. */
const ROUTES: readonly [pattern: RegExp, verbs: Record<string, Handler>][] = [
  [/^\/version$/, {GET: version}],
  [/^\/proxies$/, {GET: listProxies, POST: createProxy}],
  [/^\/populate$/, {POST: populate}],
  [/^\/reset$/, {POST: reset}],
  [/^\/proxies\/([^/]+)$/, {GET: showProxy, POST: updateProxy, PATCH: updateProxy, DELETE: deleteProxy}],
  [/^\/proxies\/([^/]+)\/toxics$/, {GET: listToxics, POST: createToxic}],
  [
    /^\/proxies\/([^/]+)\/toxics\/([^/]+)$/,
    {GET: showToxic, POST: updateToxic, PATCH: updateToxic, DELETE: deleteToxic},
  ],
]
const METRICS_ROUTE = /^\/metrics$/

/** The handler for a path and verb; or why there is none. */
export function route(
  service: Service,
  verb: string,
  path: string,
): ((body: string) => Promise<Answer>) | 'not found' | 'wrong verb' {
  const exposesMetrics = service.metrics !== undefined || service.runtimeMetrics
  const routes = exposesMetrics ? [...ROUTES, [METRICS_ROUTE, {GET: metrics}] as const] : ROUTES
  for (const [pattern, verbs] of routes) {
    const match = pattern.exec(path)
    if (match === null) continue
    const handler = Object.hasOwn(verbs, verb) ? (verbs as Record<string, Handler>)[verb] : undefined
    if (handler === undefined) return 'wrong verb'
    return async (body) => handler(service, body, match.slice(1))
  }
  return 'not found'
}

function version(service: Service): Answer {
  // By hand: the real server's has a space and a newline.
  return {status: 200, text: `{"version": "${service.version}"}\n`, contentType: 'application/json;charset=utf-8'}
}

function metrics(service: Service): Answer {
  const text = (service.runtimeMetrics ? runtimeMetricsText() : '') + (service.metrics?.toText() ?? '')
  return {status: 200, text, contentType: 'text/plain; version=0.0.4; charset=utf-8'}
}

function listProxies(service: Service): Answer {
  return {status: 200, json: new Map(service.proxies.all().map((proxy) => [proxy.name, proxy.toJson()]))}
}

async function createProxy(service: Service, body: string): Promise<Answer> {
  const request = newProxyRequest(firstJson(body), service.strict)
  if (request.name === '') throw missingField('name')
  if (request.upstream === '') throw missingField('upstream')
  const proxy = await service.proxies.create(request)
  return {status: 201, json: proxy.toJson()}
}

/** Throws ApiError on bodies that make no sense; a failure to start comes with the proxies that did. */
async function populate(service: Service, body: string): Promise<Answer> {
  try {
    const requests = populateRequests(body, service.strict)
    const {proxies, failure} = await service.proxies.populate(requests)
    const shown = proxies.length === 0 ? null : proxies.map((proxy) => proxy.toJson())
    if (failure !== undefined) return populateError(failure, shown)
    return {status: 201, json: {proxies: shown}}
  } catch (error) {
    if (error instanceof ApiError) return populateError(error, null)
    throw error
  }
}

/** The proxies a populate body, or a configuration file, asks for. Throws ApiError 400. */
export function populateRequests(body: string, strict: boolean): ProxyRequest[] {
  const list = firstJson(body) ?? []
  if (!Array.isArray(list)) throw mismatch(list, 'value of type []toxiproxy.Proxy')
  const requests = list.map((item) => newProxyRequest(item, strict))
  for (const [i, request] of requests.entries()) {
    if (request.name === '') throw missingField(`name at proxy ${i + 1}`)
    if (request.upstream === '') throw missingField(`upstream at proxy ${i + 1}`)
  }
  return requests
}

function populateError(error: ApiError, proxies: unknown): Answer {
  return {status: error.status, json: {error: error.message, status: error.status, proxies}}
}

async function reset(service: Service): Promise<Answer> {
  await service.proxies.reset()
  return {status: 204}
}

function showProxy(service: Service, _body: string, [name = '']: string[]): Answer {
  return {status: 200, json: service.proxies.get(name).toJson()}
}

function updateProxy(service: Service, body: string, [name = '']: string[]): Promise<Answer> {
  const proxy = service.proxies.get(name)
  return proxy.lock.run(async () => {
    const {listen, upstream, enabled} = proxyRequest(objectOf(firstJson(body), 'value of type toxiproxy.Proxy'), proxy)
    await proxy.update(listen, upstream, enabled)
    return {status: 200, json: proxy.toJson()}
  })
}

async function deleteProxy(service: Service, _body: string, [name = '']: string[]): Promise<Answer> {
  await service.proxies.delete(name)
  return {status: 204}
}

function listToxics(service: Service, _body: string, [name = '']: string[]): Answer {
  const entries = service.proxies.get(name).toxics()
  return {status: 200, json: entries.map((entry) => entry.toJson())}
}

function createToxic(service: Service, body: string, [name = '']: string[]): Promise<Answer> {
  const proxy = service.proxies.get(name)
  return proxy.lock.run(async () => {
    const fields = objectOf(firstJson(body), 'value of type toxics.ToxicWrapper')
    const entry = newToxic(fields, (name) => proxy.toxic(name) !== undefined)
    await proxy.addToxic(entry)
    return {status: 200, json: entry.toJson()}
  })
}

/** Throws ApiError: 400 for a toxic that makes no sense, 409 when its name is `taken`. */
function newToxic(fields: Fields, taken: (name: string) => boolean): ToxicEntry {
  const given = attributesOf(fields)
  const stream = stringField(fields, 'stream', 'ToxicWrapper') ?? 'downstream'
  const type = stringField(fields, 'type', 'ToxicWrapper') ?? ''
  const name = stringField(fields, 'name', 'ToxicWrapper') || `${type}_${stream}`
  const toxicity = floatField(fields, 'toxicity', 'ToxicWrapper') ?? 1
  if (!isDirection(stream.toLowerCase())) throw invalidStream()
  const toxic = toxicOf(type)
  if (toxic === undefined) throw invalidToxicType()
  if (taken(name)) throw toxicExists()
  const attributes = mergedAttributes(type, toxic, {}, given)
  return new ToxicEntry({name, type, toxic, stream, toxicity, attributes})
}

function isDirection(text: string): text is Direction {
  return text === 'upstream' || text === 'downstream'
}

function findToxic(proxy: TcpProxy, name: string): ToxicEntry {
  const entry = proxy.toxic(name)
  if (entry === undefined) throw toxicNotFound()
  return entry
}

function showToxic(service: Service, _body: string, [name = '', toxicName = '']: string[]): Answer {
  return {status: 200, json: findToxic(service.proxies.get(name), toxicName).toJson()}
}

function updateToxic(service: Service, body: string, [name = '', toxicName = '']: string[]): Promise<Answer> {
  const proxy = service.proxies.get(name)
  return proxy.lock.run(async () => {
    const entry = findToxic(proxy, toxicName)
    const fields = objectOf(firstJson(body), 'value of type toxics.ToxicWrapper')
    const given = attributesOf(fields)
    const toxicity = floatField(fields, 'toxicity', 'ToxicWrapper')
    entry.attributes = mergedAttributes(entry.type, entry.toxic, entry.attributes, given)
    if (toxicity !== undefined) entry.toxicity = toxicity
    await proxy.updateToxic(entry)
    return {status: 200, json: entry.toJson()}
  })
}

function deleteToxic(service: Service, _body: string, [name = '', toxicName = '']: string[]): Promise<Answer> {
  const proxy = service.proxies.get(name)
  return proxy.lock.run(async () => {
    await proxy.removeToxic(findToxic(proxy, toxicName))
    return {status: 204}
  })
}

/** A proxy to be made; on a strict server with the toxics it brings. Throws ApiError 400. */
function newProxyRequest(value: Json, strict: boolean): ProxyRequest {
  const fields = objectOf(value, 'value of type toxiproxy.Proxy')
  const request = proxyRequest(fields)
  const given = strict ? (field(fields, 'toxics') ?? []) : []
  if (!Array.isArray(given)) throw mismatch(given, 'struct field Proxy.toxics of type []toxics.ToxicWrapper')
  const toxics: ToxicEntry[] = []
  for (const item of given) {
    const wrapper = objectOf(item, 'struct field Proxy.toxics of type toxics.ToxicWrapper')
    toxics.push(newToxic(wrapper, (name) => toxics.some((toxic) => toxic.name === name)))
  }
  return {...request, toxics}
}

function proxyRequest(fields: Fields, present?: {listen: string; upstream: string; enabled: boolean}): ProxyRequest {
  return {
    name: stringField(fields, 'name', 'Proxy') ?? '',
    listen: stringField(fields, 'listen', 'Proxy') ?? present?.listen ?? '',
    upstream: stringField(fields, 'upstream', 'Proxy') ?? present?.upstream ?? '',
    enabled: booleanField(fields, 'enabled', 'Proxy') ?? present?.enabled ?? true,
  }
}
