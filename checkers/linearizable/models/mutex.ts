/** A lock that anybody may release: `acquire` and `release` take turns. Knossos' `mutex`. */
import type {Call, Model} from '../model.ts'

const before = (call: Call) => call.f === 'release'

export const mutex: Model<boolean> = {
  name: 'mutex',
  description: 'acquire and release take turns',
  functions: ['acquire', 'release'],
  reads: [],
  init: false,
  step(held, call) {
    if (call.outcome === 'fail') return held === before(call) ? undefined : held
    return held === before(call) ? !held : undefined
  },
  describe: (held) => (held ? 'held' : 'free'),
  breach: (call) => (call.f === 'acquire' && call.outcome === 'ok' ? 'overlapping-holders' : 'nonlinearizable'),
  // A refused acquire found the lock held.
  observesFailure: (call) => call.f === 'acquire',
  structure: {
    kind: 'register',
    observes: (call) => (call.outcome === 'fail' ? {value: !before(call)} : {value: before(call)}),
    produces: (call) => (call.outcome === 'fail' ? undefined : {value: !before(call)}),
    seeing: (call) => call,
  },
}
