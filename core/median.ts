/** The median that is one of the values: of two in the middle the lower one. Undefined of none. */
export function lowerMedian(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.ceil(sorted.length / 2) - 1]
}
