/** Long work in short tasks: between them the browser paints and answers its reader. */

/** How long one task may take before it makes way, ms. */
const TASK_MS = 16
/** Items between two looks at the clock. */
const STEP = 32_768

/** Calls `work` for every stretch of 0 to `count`, in order. Returns false when `isWanted` said no, which ends it early. */
export async function inSlices(
  count: number,
  work: (from: number, to: number) => void,
  isWanted: () => boolean = () => true,
): Promise<boolean> {
  let sinceMs = performance.now()
  for (let from = 0; from < count; from += STEP) {
    if (performance.now() - sinceMs > TASK_MS) {
      await breath()
      if (!isWanted()) return false
      sinceMs = performance.now()
    }
    work(from, Math.min(count, from + STEP))
  }
  return true
}

/** Resolves in a task of its own; unlike a timer it is never held back. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
