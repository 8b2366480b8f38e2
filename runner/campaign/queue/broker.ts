/**
 * The queue on many machines: BullMQ on a Redis server that all of them reach. The campaign puts its jobs there and keeps what
 * comes back; workers take one at a time and hold it under a lease, so that the job of a worker that is lost goes to another.
 *
 * BullMQ gives every job at least once. That it counts once is our part: a job's id is made of what it does, and the
 * ledger takes one result of each.
 */
import {hostname} from 'node:os'
import type {Job as BrokerJob, Queue, QueueEvents, Worker} from 'bullmq'
import type {Redis} from 'ioredis'
import {type Clock, calendarDate} from '../../../core/clock.ts'
import {EnvironmentError, messageOf, UsageError} from '../../../core/error.ts'
import {packageVersion} from '../../version.ts'
import {type Delivery, type Engine, type EngineRequest, LOST_WORKERS, lost} from './engine.ts'
import type {JobProcess} from './job-process.ts'
import {type QueueJob, queueJobName} from './jobs.ts'

const QUEUE = 'chaos'
/** How long the broker may take to answer at the start, ms. */
const PATIENCE_MS = 5000
/** How often the campaign looks after jobs whose end it may not have heard of, ms. */
const RECONCILE_MS = 5000
/** How long files of a run wait to be fetched, s. */
const FILES_KEPT_S = 24 * 3600

/** What travels. */
interface Parcel {
  readonly job: QueueJob
  /** Of the campaign; a worker of another version does not touch it. */
  readonly version: string
}

/** The packages that only this needs. Throws EnvironmentError with what to install. */
async function packages() {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return {...bullmq, Redis: ioredis.Redis}
  } catch (error) {
    throw new EnvironmentError(
      'A queue on Redis needs packages that are not installed.',
      ['npm install bullmq ioredis'],
      error,
    )
  }
}

/** The address without its password, as it may be shown. */
export function brokerName(url: string): string {
  const {protocol, hostname: host, port, pathname} = brokerUrl(url)
  return `${protocol}//${host}:${port || '6379'}${pathname === '/' ? '' : pathname}`
}

function brokerUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && ['redis:', 'rediss:'].includes(parsed.protocol) && parsed.hostname !== '') return parsed
  const shown = parsed === undefined ? url : `${parsed.protocol}//${parsed.hostname}`
  throw new UsageError(`--queue ${shown} is no address of a Redis server.`, [
    'Expected: redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT/DATABASE',
  ])
}

/** A connection that answered. Throws EnvironmentError where nobody does. */
async function connect(url: string): Promise<Redis> {
  brokerUrl(url)
  const {Redis} = await packages()
  // BullMQ asks for commands that wait for the broker however long it is away.
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: retry,
  })
  // What ioredis rejects with says only that the connection is closed; what closed it is told here.
  let cause: unknown
  redis.on('error', (error) => (cause = error))
  let up = false
  function retry(times: number): number | null {
    return up ? Math.min(100 * times, 2000) : null
  }
  try {
    await redis.connect()
    await redis.ping()
    up = true
    return redis
  } catch (error) {
    redis.disconnect()
    throw new EnvironmentError(
      `Nobody answers at ${brokerName(url)}: ${messageOf(cause ?? error)}.`,
      ['Start a broker: redis-server --appendonly yes'],
      error,
    )
  }
}

/** Throws EnvironmentError where no broker answers. */
export async function askBroker(url: string): Promise<void> {
  const redis = await connect(url)
  redis.disconnect()
}

/** Puts jobs there and collects what becomes of them. `campaign` keeps jobs of several campaigns apart. */
export function brokerEngine(url: string, campaign: string, clock: Clock): Engine {
  return {
    async run(request) {
      const {Queue, QueueEvents} = await packages()
      const redis = await connect(url)
      const connection = redis.duplicate()
      connection.on('error', () => {})
      const queue: Queue<Parcel, Delivery['result']> = new Queue(QUEUE, {connection: redis})
      const events: QueueEvents = new QueueEvents(QUEUE, {connection})
      queue.on('error', () => {})
      events.on('error', () => {})
      // Said once for each time that it goes: every attempt to reach it again ends in the same way.
      let away = false
      redis.on('ready', () => (away = false))
      redis.on('close', () => {
        if (!away && !request.signal.aborted) request.notice(`the broker at ${brokerName(url)} is away: waiting for it`)
        away = true
      })
      try {
        await new Collection(queue, events, redis, campaign, clock, request).all()
      } finally {
        await Promise.allSettled([events.close(), queue.close()])
        connection.disconnect()
        redis.disconnect()
      }
    },
  }
}

/** The jobs of one campaign at the broker. */
class Collection {
  /** Jobs that nothing was heard of yet, by their id at the broker. */
  readonly #open: Map<string, QueueJob>
  readonly #queue: Queue<Parcel, Delivery['result']>
  readonly #events: QueueEvents
  readonly #redis: Redis
  readonly #clock: Clock
  readonly #request: EngineRequest
  readonly #taking = new Map<string, Promise<void>>()
  #wake: (() => void) | undefined

  constructor(queue: Queue, events: QueueEvents, redis: Redis, campaign: string, clock: Clock, request: EngineRequest) {
    this.#queue = queue
    this.#events = events
    this.#redis = redis
    this.#clock = clock
    this.#request = request
    this.#open = new Map(request.jobs.map((job) => [`${campaign}-${job.id}`, job]))
  }

  async all(): Promise<void> {
    const {signal, notice} = this.#request
    for (const end of ['completed', 'failed'] as const)
      this.#events.on(end, ({jobId}: {jobId: string}) => void this.#look(jobId))
    this.#events.on('stalled', ({jobId}: {jobId: string}) => {
      const job = this.#open.get(jobId)
      if (job !== undefined) notice(`a worker was lost in the middle of ${queueJobName(job)}: another does it again`)
    })
    const stop = () => this.#wake?.()
    signal.addEventListener('abort', stop, {once: true})
    try {
      await this.#events.waitUntilReady()
      while (this.#open.size > 0 && !signal.aborted) {
        // Whatever was missed while the broker was away, and whatever it forgot: it is asked about every job.
        await this.#unlessAborted(this.#reconcile())
        if (this.#open.size > 0 && !signal.aborted) await this.#pause()
      }
      await Promise.allSettled(this.#taking.values())
      if (signal.aborted) await Promise.race([this.#withdraw(), this.#waited(PATIENCE_MS)])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Until it is time to ask again, everything has been heard of, or the campaign is interrupted. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(RECONCILE_MS, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Until that is done, or the campaign is interrupted. A night has many of them: no listener outlives its own. */
  async #unlessAborted(work: Promise<void>): Promise<void> {
    const {signal} = this.#request
    let interrupted: () => void = () => undefined
    const interrupt = new Promise<void>((resolve) => {
      interrupted = resolve
    })
    signal.addEventListener('abort', interrupted, {once: true})
    try {
      await Promise.race([work, interrupt])
    } finally {
      signal.removeEventListener('abort', interrupted)
    }
  }

  #waited(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve))
  }

  async #reconcile(): Promise<void> {
    for (const [id, job] of this.#open) {
      if (this.#request.signal.aborted) return
      try {
        const known = await this.#queue.getJob(id)
        if (known === undefined) await this.#put(id, job)
        else if (known.finishedOn !== undefined) await this.#look(id)
      } catch (error) {
        this.#request.notice(`the broker: ${messageOf(error)}`)
        return
      }
    }
  }

  async #put(id: string, job: QueueJob): Promise<void> {
    const parcel: Parcel = {job, version: packageVersion()}
    await this.#queue.add(queueJobName(job), parcel, {jobId: id, attempts: 1 + LOST_WORKERS})
  }

  /** Takes what became of a job, once, however often its end is heard of. */
  #look(id: string): Promise<void> {
    const job = this.#open.get(id)
    if (job === undefined) return Promise.resolve()
    const known = this.#taking.get(id)
    if (known !== undefined) return known
    const taking = this.#take(id, job)
      .catch((error: unknown) => this.#request.notice(`the broker: ${messageOf(error)}`))
      .finally(() => {
        this.#taking.delete(id)
        if (this.#open.size === 0) this.#wake?.()
      })
    this.#taking.set(id, taking)
    return taking
  }

  async #take(id: string, job: QueueJob): Promise<void> {
    const ended = await this.#queue.getJob(id)
    if (ended?.finishedOn === undefined) return
    const {returnvalue, failedReason} = ended
    const kept = filesKey(id)
    if (returnvalue === undefined || returnvalue === null) {
      this.#request.done({
        result: lost(job, failedReason ?? 'No worker brought it to an end.', calendarDate().toISOString()),
      })
    } else {
      const files = await this.#redis.hgetall(kept)
      this.#request.done({result: returnvalue, ...(Object.keys(files).length === 0 ? {} : {files})})
    }
    this.#open.delete(id)
    // It stands in the ledger now; the broker may forget it.
    await Promise.allSettled([ended.remove(), this.#redis.del(kept)])
  }

  /** Takes back what no worker has begun. What is under way ends, and is found there when the campaign goes on. */
  async #withdraw(): Promise<void> {
    for (const id of this.#open.keys()) await this.#queue.remove(id).catch(() => {})
  }
}

function filesKey(id: string): string {
  return `chaos:files:${id}`
}

export interface WorkerRequest {
  readonly url: string
  /** How long a job waits for a worker that was lost before another takes it, ms. */
  readonly leaseMs: number
  readonly start: () => JobProcess
  readonly signal: AbortSignal
  /** The broker answered. */
  ready(): void
  begun(name: string): void
  ended(name: string, result: Delivery['result']): void
  notice(line: string): void
}

/** Works until the signal. Then the job under way goes back into the queue, and what it started is ended. */
export async function workAtBroker({
  url,
  leaseMs,
  start,
  signal,
  ready,
  begun,
  ended,
  notice,
}: WorkerRequest): Promise<void> {
  const {Worker, WaitingError, UnrecoverableError} = await packages()
  const redis = await connect(url)
  let doing: JobProcess | undefined

  const perform = async (job: BrokerJob<Parcel>, token: string | undefined) => {
    const {job: todo, version} = job.data
    if (version !== packageVersion()) {
      throw new UnrecoverableError(
        `The campaign is of chaos ${version}, the worker at ${hostname()} of ${packageVersion()}.`,
      )
    }
    const name = queueJobName(todo)
    begun(name)
    doing ??= start()
    const delivery = await doing.perform(todo, signal)
    if (delivery === undefined || (signal.aborted && delivery.result.outcome === 'interrupted')) {
      doing = undefined
      if (!signal.aborted) throw new Error(`A worker process at ${hostname()} died of it.`)
      await job.moveToWait(token)
      throw new WaitingError()
    }
    if (delivery.files !== undefined && Object.keys(delivery.files).length > 0) {
      const key = filesKey(String(job.id))
      await redis.multi().hset(key, delivery.files).expire(key, FILES_KEPT_S).exec()
    }
    ended(name, delivery.result)
    return delivery.result
  }

  const worker: Worker<Parcel, Delivery['result']> = new Worker(QUEUE, perform, {
    connection: redis,
    lockDuration: leaseMs,
    stalledInterval: leaseMs / 2,
    maxStalledCount: LOST_WORKERS,
  })
  let said: string | undefined
  worker.on('ready', () => (said = undefined))
  worker.on('error', (error) => {
    const message = messageOf(error)
    if (message !== said) notice(message)
    said = message
  })
  ready()
  try {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), {once: true})
    })
    await worker.close()
  } finally {
    await doing?.close()
    redis.disconnect()
  }
}
