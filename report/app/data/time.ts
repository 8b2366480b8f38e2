/** Times in words and on axes. */

export interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** A duration with three digits that matter: `850 ns`, `12.4 µs`, `3.02 ms`, `1.50 s`. */
export function duration(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`
  return ns < 60e9 ? `${digits(ns / 1e9)} s` : `${Math.floor(ns / 60e9)} m ${Math.round((ns % 60e9) / 1e9)} s`
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** A moment of the run, precise to a millisecond, or finer where the window is. */
export function moment(ns: number, spanNs = 30e9): string {
  const decimals = spanNs < 5e3 ? 9 : spanNs < 5e6 ? 6 : spanNs < 1e9 ? 4 : 3
  return `${(ns / 1e9).toFixed(decimals)} s`
}

export interface Tick {
  readonly ns: number
  readonly label: string
}

/** About `count` round moments within the window, labelled in one unit. */
export function ticks({fromNs, toNs}: Span, count: number): Tick[] {
  const spanNs = toNs - fromNs
  if (!(spanNs > 0)) return []
  const raw = spanNs / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw
  const decimals = Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step) + 1e-9)))
  const result: Tick[] = []
  for (let ns = Math.ceil(fromNs / step) * step; ns <= toNs && result.length < 100; ns += step) {
    result.push({ns, label: `${(ns / 1e9).toFixed(decimals)}s`})
  }
  return result
}

export function clampSpan(span: Span, full: Span): Span {
  const width = Math.min(Math.max(span.toNs - span.fromNs, 100), full.toNs - full.fromNs)
  const fromNs = Math.min(Math.max(span.fromNs, full.fromNs), full.toNs - width)
  return {fromNs, toNs: fromNs + width}
}
