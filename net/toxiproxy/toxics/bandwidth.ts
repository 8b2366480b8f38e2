/**
 * bandwidth {rate: KB/s, 1 KB = 1000 B}: a chunk of n bytes takes n/rate milliseconds; large ones pass in slices of
 * 100 ms. Rate 0 lets nothing pass until it is changed.
 */
import {END, INTERRUPT, type Toxic} from './toxic.ts'

const SLICE_MS = 100

export const bandwidth = {
  attributes: ['rate'],
  least: {rate: 0},
  async run(stub, {rate = 0}) {
    // What is still to be waited for; negative when timers came late, so that the rate is right in the long run.
    let owedMs = 0
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) return stub.close()
      if (rate > 0) owedMs += chunk.data.length / rate
      const sliceBytes = rate * SLICE_MS
      while (chunk.data.length > sliceBytes) {
        if (!(await stub.sleep(SLICE_MS))) return stub.write(chunk)
        if (sliceBytes === 0) continue
        await stub.write({data: chunk.data.subarray(0, sliceBytes), atNs: chunk.atNs})
        chunk.data = chunk.data.subarray(sliceBytes)
        owedMs -= SLICE_MS
      }
      const startNs = stub.nowNs()
      const rested = await stub.sleep(owedMs)
      owedMs -= (stub.nowNs() - startNs) / 1e6
      await stub.write(chunk)
      if (!rested) return
    }
  },
} satisfies Toxic
