/** How often something happened, and between which bounds its probability lies: the interval of Wilson (1927), 95 %. */

export interface Rate {
  readonly hits: number
  readonly tries: number
  readonly low: number
  readonly high: number
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964

export function rateOf(hits: number, tries: number): Rate {
  if (tries === 0) return {hits, tries, low: 0, high: 1}
  const share = hits / tries
  const weight = 1 + (Z * Z) / tries
  const middle = (share + (Z * Z) / (2 * tries)) / weight
  const margin = (Z / weight) * Math.sqrt((share * (1 - share)) / tries + (Z * Z) / (4 * tries * tries))
  return {hits, tries, low: Math.max(0, middle - margin), high: Math.min(1, middle + margin)}
}

/** `3 of 10 (30 %, between 11 % and 60 %)` */
export function rateWords({hits, tries, low, high}: Rate): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  if (tries === 0) return 'never tried'
  return `${hits} of ${tries} (${percent(hits / tries)}, between ${percent(low)} and ${percent(high)})`
}
