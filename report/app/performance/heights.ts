/** The vertical axis of a chart: where a value stands, and which values are labelled. */

export interface Heights {
  /** From 0 at the bottom to 1 at the top. */
  share(value: number): number
  readonly ticks: readonly number[]
}

/** Room above the largest value. */
const AIR = 1.08
const TICKS = 4

/** An axis for these lines: from nothing, or by decades. */
export function heightsOf(
  lines: readonly {readonly values: readonly (number | null)[]}[],
  logarithmic: boolean,
): Heights {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const {values} of lines) {
    for (const value of values) {
      if (value === null) continue
      high = Math.max(high, value)
      if (value > 0) low = Math.min(low, value)
    }
  }
  return logarithmic ? decades(low, high) : fromNothing(high)
}

function decades(low: number, high: number): Heights {
  const from = Number.isFinite(low) ? Math.floor(Math.log10(low)) : 0
  const to = Math.max(from + 1, high > 0 ? Math.ceil(Math.log10(high)) : 1)
  return {
    share: (value) => (value <= 0 ? 0 : Math.max(0, (Math.log10(value) - from) / (to - from))),
    ticks: Array.from({length: to - from + 1}, (_, at) => 10 ** (from + at)),
  }
}

function fromNothing(high: number): Heights {
  const top = Math.max(1, high * AIR)
  const power = 10 ** Math.floor(Math.log10(top / TICKS))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate * TICKS >= top)!
  return {
    share: (value) => value / top,
    ticks: Array.from({length: Math.floor(top / step) + 1}, (_, at) => at * step),
  }
}
