/**
 * limit_data {bytes}: passes exactly that many bytes, counted from when the toxic met the connection, then closes. With
 * 0 the first chunk closes it.
 */
import {END, INTERRUPT, type Toxic} from './toxic.ts'

export const limitData: Toxic = {
  attributes: ['bytes'],
  async run(stub, {bytes = 0}) {
    for (;;) {
      const chunk = await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END) return stub.close()
      const passed = stub.memory['passed'] ?? 0
      const data = chunk.data.subarray(0, Math.max(0, bytes - passed))
      stub.memory['passed'] = passed + data.length
      if (data.length > 0) await stub.write({data, atNs: chunk.atNs})
      if (passed + data.length >= bytes) return stub.close()
    }
  },
}
