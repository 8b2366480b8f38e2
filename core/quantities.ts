/**
 * Quantities as people type them: `30s`, `250ms`, `200/s`, `2n`, `2GB`. What cannot be read is quoted back with what would
 * have been understood.
 */
import {UsageError} from './error.ts'

const DURATION_MS: Record<string, number> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
const SIZE_BYTES: Record<string, number> = {b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3}

function wrong(flag: string, expected: string, text: string): UsageError {
  return new UsageError(`${flag}: expected ${expected}. Got "${text}".`)
}

/** Milliseconds of `30s`, `5m`, `250ms`, `1.5h`; a bare number is seconds. */
export function parseDuration(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  if (match === null) throw wrong(flag, '<number>(ms|s|m|h), e.g. 30s', text)
  return Math.round(Number(match[1]) * (DURATION_MS[match[2] ?? 's'] as number))
}

/** `parseDuration`, and at least a millisecond: what takes no time at all does nothing. */
export function parseSpan(flag: string, text: string): number {
  const ms = parseDuration(flag, text)
  if (ms < 1) throw wrong(flag, 'at least 1ms, e.g. 30s', text)
  return ms
}

/** Operations per second of `200/s` or `200`; `max` is Infinity. */
export function parseRate(flag: string, text: string): number {
  if (text.trim() === 'max') return Number.POSITIVE_INFINITY
  const match = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text.trim())
  const rate = Number(match?.[1])
  if (match === null || rate <= 0) throw wrong(flag, '<number>[/s] or max, e.g. 200/s', text)
  return rate
}

/** Client threads of `10` or of `2n`, which is two for each node; `most` in all. */
export function parseConcurrency(
  flag: string,
  text: string,
  nodes: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const match = /^(\d+)(n)?$/.exec(text.trim())
  const count = Number(match?.[1]) * (match?.[2] === undefined ? 1 : nodes)
  if (match === null || count < 1) throw wrong(flag, '<number> or <number>n (times the nodes), e.g. 2n', text)
  if (count > most) throw wrong(flag, `at most ${most} in all`, text)
  return count
}

/** Bytes of `2GB`, `512MiB`, `1000`. */
export function parseSize(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim())
  const unit = SIZE_BYTES[(match?.[2] ?? 'b').toLowerCase()]
  if (match === null || unit === undefined) throw wrong(flag, '<number>(KB|MB|GB), e.g. 2GB', text)
  return Math.round(Number(match[1]) * unit)
}

/** Less than this holds no history. */
const LEAST_MEMORY = 1e6

/** Memory that something may take: `parseSize`, and at least a megabyte. A bare `8` is eight bytes, which nobody means. */
export function parseMemory(flag: string, text: string): number {
  const bytes = parseSize(flag, text)
  if (bytes < LEAST_MEMORY) throw wrong(flag, `at least ${showSize(LEAST_MEMORY)}, e.g. 2GB`, text)
  return bytes
}

/** A whole number from `least` to `most`: by default to the greatest that is counted exactly, which nobody means. */
export function parseCount(flag: string, text: string, least = 1, most = Number.MAX_SAFE_INTEGER): number {
  const count = Number(text)
  if (/^\d+$/.test(text.trim()) && count >= least && count <= most) return count
  const bounded = most < Number.MAX_SAFE_INTEGER || count > most
  throw wrong(flag, bounded ? `a whole number from ${least} to ${most}` : `a whole number, at least ${least}`, text)
}

/** A seed: any text but a blank one, which a variable that is not set leaves behind (`--seed "$SEED"`). */
export function parseSeed(flag: string, text: string): string {
  if (text.trim() === '')
    throw new UsageError(`${flag}: expected some text. Got "${text}".`, ['Leave it out for a fresh one.'])
  return text
}

/** A TCP port; 0 for any free one. */
export function parsePort(flag: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text.trim()) || port > 65_535) throw wrong(flag, 'a port from 0 to 65535', text)
  return port
}

/** What is on or off, as variables and configurations say it: `true`, `1`, `yes`, `on`, and their opposites. */
export function parseSwitch(flag: string, text: string): boolean {
  const word = text.trim().toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  if (['false', '0', 'no', 'off'].includes(word)) return false
  throw wrong(flag, 'true or false', text)
}

/** `k=v`. */
export function parsePair(flag: string, text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw wrong(flag, '<name>=<value>', text)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/** `0.8s`, `30.0s`, `4m 10s`: a duration for reading. */
export function showDuration(ms: number): string {
  if (ms > 0 && ms < 1e-4) return `${Number((ms * 1e6).toPrecision(2))}ns`
  if (ms > 0 && ms < 0.1) return `${Number((ms * 1000).toPrecision(2))}µs`
  if (ms < 10) return `${Number(ms.toPrecision(2))}ms`
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)}s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes}m ${Math.round((ms - minutes * 60_000) / 1000)}s`
}

/** `512 MB`, `2 GB`, `1.5 KB`: at most one place behind the point, and never nothing for something. */
export function showSize(bytes: number): string {
  const [unit, name] =
    bytes < 1e3 ? [1, 'B'] : bytes < 1e6 ? [1e3, 'KB'] : bytes < 1e9 ? [1e6, 'MB'] : ([1e9, 'GB'] as const)
  return `${Number((bytes / unit).toFixed(1))} ${name}`
}

/** `30s`, `250ms`: a duration as a flag takes it. */
export function flagDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

/** `6 012`: digits in groups, with a narrow space that does not break. Sentences, tables and pages all write counts so. */
export function showCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** `1 key`, `8 keys`, `3 processes`, `6 012 operations`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`
  const many = showCount(count)
  if (/[^aeiou]y$/.test(noun)) return `${many} ${noun.slice(0, -1)}ies`
  return `${many} ${noun}${noun.endsWith('s') ? 'es' : 's'}`
}

/** `95.7 %`, or `none` where there was nothing. */
export function percent(share: number): string {
  return Number.isNaN(share) ? 'none' : `${Number((share * 100).toFixed(1))} %`
}
