/**
 * Delta debugging of a list (Zeller & Hildebrandt, TSE 2002, the complements of `ddmin`): whole halves, quarters, … down to
 * single items are left out for as long as what remains still does what it should.
 */

/**
 * Leaves out what `keep` says may go. `list` is asked anew each time, since `keep` changes it. `mostParts`: nothing finer than a
 * list's part of so many is tried, so that a long list costs no more than a short one.
 */
export async function reduce<T>(
  list: () => readonly T[],
  keep: (smaller: readonly T[]) => Promise<boolean>,
  signal: AbortSignal,
  mostParts = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let chunk = Math.ceil(list().length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    if (list().length > chunk * mostParts) return
    for (let at = 0; at < list().length; ) {
      if (signal.aborted) return
      const present = list()
      const without = [...present.slice(0, at), ...present.slice(at + chunk)]
      if (!(await keep(without))) at += chunk
    }
  }
}

/** Leaves out every other item, for as long as that may go: what is left is spread over the same time as before. */
export async function thin<T>(
  list: () => readonly T[],
  keep: (smaller: readonly T[]) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const half = (parity: number) => keep(list().filter((_, place) => place % 2 === parity))
  while (list().length >= 8 && !signal.aborted) if (!(await half(0)) && !(await half(1))) return
}
