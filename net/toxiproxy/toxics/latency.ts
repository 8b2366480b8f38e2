/**
 * latency {latency, jitter: ms}: every chunk leaves `latency ± jitter` after it arrived. Chunks overlap (a burst is
 * shifted, not stretched) and never overtake each other. A close is delayed only behind data.
 */
import {END, INTERRUPT, type Toxic} from './toxic.ts'

export const latency: Toxic = {
  attributes: ['latency', 'jitter'],
  holds: 1024,
  async run(stub, {latency = 0, jitter = 0}) {
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) return stub.close()
      const delayMs = latency + (jitter > 0 ? Math.floor(stub.random.next() * 2 * jitter) - jitter : 0)
      const waitMs = delayMs - (stub.nowNs() - chunk.atNs) / 1e6
      const interrupted = !(await stub.sleep(waitMs))
      // A second latency further on measures from here, so delays add up.
      if (waitMs > 0) chunk.atNs += waitMs * 1e6
      await stub.write(chunk)
      if (interrupted) return
    }
  },
}
