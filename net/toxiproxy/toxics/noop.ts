/** noop: passes everything on. What a toxic does on the connections its toxicity spares. */
import {END, INTERRUPT, type Toxic} from './toxic.ts'

export const noop: Toxic = {
  attributes: [],
  async run(stub) {
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) return stub.close()
      await stub.write(chunk)
    }
  },
}
