/** slow_close {delay: ms}: data passes untouched, the close comes `delay` later. */
import {END, INTERRUPT, type Toxic} from './toxic.ts'

export const slowClose: Toxic = {
  attributes: ['delay'],
  async run(stub, {delay = 0}) {
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) {
        // Interrupted: the end is still there for whoever runs next.
        if (await stub.sleep(delay)) stub.close()
        return
      }
      await stub.write(chunk)
    }
  },
}
