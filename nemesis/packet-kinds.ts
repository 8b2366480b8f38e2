/**
 * Ways of spoiling links without cutting them: how the strength of each is drawn, and how a probe can tell that it is in
 * force. The first five work on streams of bytes and on messages; loss, duplicates and reordering need single messages.
 */
import {z} from 'zod'
import type {Capability} from '../core/capabilities.ts'
import type {Ping, Shape} from '../core/network.ts'
import type {Random} from '../core/random.ts'

/** How one link is probed. */
export interface Probe {
  /** Bytes sent along, so that a narrow link takes its time. */
  readonly bytes?: number
  /** Pings for each link; one unless chance decides what they meet. */
  readonly times?: number
  /** Longest wait for an answer, ms. */
  readonly limitMs: number
  /**
   * What a probe of a link that is spoilt takes at most on a machine that can show anything, ms: in real time, whoever has not answered
   * by then is dead or frozen, and is not waited for while the fault is kept in force.
   */
  readonly enoughMs?: number
  /**
   * What shows the fault: an answer that takes this much longer, ms, silence, the end of a connection, or the network's count of what it has
   * done to the probes themselves.
   */
  readonly sign: {readonly slowerMs: number} | 'silence' | 'end' | {readonly counted: 'duplicate' | 'reorder'}
  /** How many of the pings must show it: every one that can, or some where chance decides. */
  readonly least: number | 'every'
}

/** Whether a ping shows the fault, where everything else takes up to `slackMs`. */
export function shows({sign}: Probe, {reachable, rttMs = 0, error = ''}: Ping, slackMs: number): boolean {
  // Silent, not ended: another fault may end connections. Ended, not silent: a busy machine takes its time.
  const silent = !reachable && /no answer/.test(error)
  if (sign === 'silence') return silent
  if (sign === 'end') return !reachable && !silent
  return 'slowerMs' in sign && reachable && rttMs - slackMs >= sign.slowerMs
}

/** How long an answer of a sound link is waited for, ms: one that takes as long as the fault would is not sound. */
export function soundMs({sign, limitMs}: Probe): number {
  return typeof sign === 'object' && 'slowerMs' in sign ? Math.min(limitMs, sign.slowerMs) : limitMs
}

/** The most that everything else may take for a ping to show anything, ms. */
export function mostSlackMs({sign, limitMs}: Probe): number {
  return typeof sign === 'object' && 'slowerMs' in sign ? sign.slowerMs / 2 : limitMs / 4
}

interface Kind<S extends Shape> {
  readonly description: string
  readonly needs: Capability
  readonly schema: z.ZodType<S>
  draw(random: Random): S
  probe(shape: S): Probe
  /** In one line. */
  describe(shape: S): string
}

type Of<K extends Shape['kind']> = Extract<Shape, {kind: K}>

/** Wait for an answer that is expected to be slow, ms: above twice the longest latency that is drawn. */
const SLOW_MS = 1500
/** What is waited beyond the slowest answer that a fault lets through, ms: more than everything else may take (`mostSlackMs`). */
const SPARE_MS = 400
const enoughMs = (slowestMs: number): number => Math.min(SLOW_MS, slowestMs + SPARE_MS)

const share = z.number().min(0).max(1)
const amount = z.number().min(0)

const latencyMs = z.object({kind: z.literal('latency'), latencyMs: amount, jitterMs: amount})
const describeLatency = ({latencyMs: ms, jitterMs}: Of<'latency'>) =>
  `${ms}${jitterMs === 0 ? '' : `±${jitterMs}`} ms latency`

const latency: Kind<Of<'latency'>> = {
  description: 'delays everything on some links by 20 to 300 ms',
  needs: 'network.latency',
  schema: latencyMs,
  draw: (random) => ({kind: 'latency', latencyMs: random.between(20, 300), jitterMs: 0}),
  // Both directions are delayed; half of that leaves room for a probe that met only one.
  probe: (shape) => ({
    limitMs: SLOW_MS,
    enoughMs: enoughMs(2 * shape.latencyMs),
    least: 'every',
    sign: {slowerMs: shape.latencyMs * 0.95},
  }),
  describe: describeLatency,
}

const jitter: Kind<Of<'latency'>> = {
  description: 'delays everything on some links by a varying time, up to 300 ms',
  needs: 'network.latency',
  schema: latencyMs,
  draw(random) {
    const jitterMs = random.between(20, 150)
    return {kind: 'latency', latencyMs: jitterMs, jitterMs}
  },
  // Two draws from [0, 2 × jitter) add up: one of the links probed is all but certain to take this long.
  probe: ({jitterMs}) => ({
    times: 3,
    limitMs: SLOW_MS,
    enoughMs: enoughMs(4 * jitterMs),
    least: 2,
    sign: {slowerMs: jitterMs * 0.5},
  }),
  describe: describeLatency,
}

/** The widths of narrow links, KB/s. */
export const BANDWIDTH_KBPS = {least: 1, most: 50} as const

const bandwidth: Kind<Of<'bandwidth'>> = {
  description: `throttles some links to ${BANDWIDTH_KBPS.least} to ${BANDWIDTH_KBPS.most} KB/s`,
  needs: 'network.bandwidth',
  schema: z.object({kind: z.literal('bandwidth'), rateKBps: amount}),
  draw: (random) => ({kind: 'bandwidth', rateKBps: random.between(BANDWIDTH_KBPS.least, BANDWIDTH_KBPS.most)}),
  // Takes 400 ms at that rate: a machine so busy that everything takes a tenth of a second is not taken for a narrow link.
  probe: ({rateKBps}) => ({bytes: rateKBps * 400, limitMs: SLOW_MS, least: 'every', sign: {slowerMs: 300}}),
  describe: ({rateKBps}) => `${rateKBps} KB/s`,
}

const slice: Kind<Of<'slice'>> = {
  description: 'cuts what is sent on some links into small pieces with pauses between them',
  needs: 'network.slice',
  schema: z.object({kind: z.literal('slice'), averageBytes: amount, variationBytes: amount, delayUs: amount}),
  draw: (random) => ({
    kind: 'slice',
    averageBytes: random.between(8, 64),
    variationBytes: 4,
    delayUs: random.between(200, 2000),
  }),
  // As many pieces as take a tenth of a second, far above what a busy machine takes for one answer.
  probe: ({averageBytes, delayUs}) => ({
    bytes: averageBytes * Math.ceil(100_000 / Math.max(1, delayUs)),
    limitMs: SLOW_MS,
    least: 'every',
    sign: {slowerMs: 60},
  }),
  describe: ({averageBytes}) => `slices of ${averageBytes} B`,
}

const reset: Kind<Of<'reset'>> = {
  description: 'resets connections on some links shortly after they carry data',
  needs: 'network.reset',
  schema: z.object({kind: z.literal('reset'), afterMs: amount}),
  draw: (random) => ({kind: 'reset', afterMs: random.between(0, 200)}),
  probe: () => ({limitMs: SLOW_MS, least: 'every', sign: 'end'}),
  describe: ({afterMs}) => `resets after ${afterMs} ms`,
}

const flaky: Kind<Of<'flaky'>> = {
  description: 'lets each connection on some links go dead with some probability',
  needs: 'network.flaky',
  schema: z.object({kind: z.literal('flaky'), probability: share}),
  draw: (random) => ({kind: 'flaky', probability: random.between(2, 6) / 10}),
  probe: () => ({times: 8, limitMs: SLOW_MS, least: 2, sign: 'silence'}),
  describe: ({probability}) => `connections dead with p = ${probability}`,
}

const loss: Kind<Of<'loss'>> = {
  description: 'loses each message on some links with a probability of 5 to 40 %',
  needs: 'network.loss',
  schema: z.object({kind: z.literal('loss'), probability: share}),
  draw: (random) => ({kind: 'loss', probability: random.between(5, 40) / 100}),
  probe: () => ({times: 24, limitMs: SLOW_MS, least: 2, sign: 'silence'}),
  describe: ({probability}) => `messages lost with p = ${probability}`,
}

const duplicate: Kind<Of<'duplicate'>> = {
  description: 'delivers each message on some links twice with a probability of 5 to 50 %',
  needs: 'network.duplicate',
  schema: z.object({kind: z.literal('duplicate'), probability: share}),
  draw: (random) => ({kind: 'duplicate', probability: random.between(5, 50) / 100}),
  probe: () => ({times: 24, limitMs: 250, least: 1, sign: {counted: 'duplicate'}}),
  describe: ({probability}) => `messages doubled with p = ${probability}`,
}

const reorder: Kind<Of<'reorder'>> = {
  description: 'holds each message on some links back with a probability of 5 to 50 %, so that later ones overtake it',
  needs: 'network.reorder',
  schema: z.object({kind: z.literal('reorder'), probability: share, delayMs: amount}),
  draw: (random) => ({kind: 'reorder', probability: random.between(5, 50) / 100, delayMs: random.between(10, 200)}),
  probe: () => ({times: 24, limitMs: 500, least: 1, sign: {counted: 'reorder'}}),
  describe: ({probability, delayMs}) => `messages held back up to ${delayMs} ms with p = ${probability}`,
}

const KINDS = {latency, jitter, bandwidth, slice, reset, flaky, loss, duplicate, reorder}

export type PacketKind = keyof typeof KINDS
export const PACKET_KINDS = Object.keys(KINDS) as PacketKind[]
/** What `packets` draws from. */
export const STREAM_KINDS = PACKET_KINDS.filter((kind) => !['loss', 'duplicate', 'reorder'].includes(kind))

/** The kind of this name, for any of its shapes. */
export function packetKind(name: PacketKind): Kind<Shape> {
  return KINDS[name] as unknown as Kind<Shape>
}
