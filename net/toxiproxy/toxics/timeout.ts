/**
 * timeout {timeout: ms}: a black hole. Data is dropped; after `timeout` of silence in this direction the connection is
 * closed, and with 0 it stays open for ever. Taking the toxic away closes it too: the receiver would otherwise read a
 * stream with a hole in it.
 *
 * On the real server the end of a connection passes the black hole. A network that loses everything loses that as well, so
 * a strict server holds it back.
 */
import {END, INTERRUPT, SILENCE, type Toxic} from './toxic.ts'

export const timeout: Toxic = {
  attributes: ['timeout'],
  closesWhenRemoved: true,
  breaks: true,
  async run(stub, {timeout = 0}) {
    for (;;) {
      const chunk = timeout > 0 ? await stub.readWithin(timeout) : await stub.read()
      if (chunk === INTERRUPT) return
      if (chunk === END && stub.strict && !(await stub.sleep(timeout > 0 ? timeout : Number.POSITIVE_INFINITY))) return
      if (chunk === END || chunk === SILENCE) return stub.close()
    }
  },
}
