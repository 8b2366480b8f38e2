import {expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {MODELS} from '../models/index.ts'
import {split} from '../split.ts'
import {atomicObject, SPEECH} from '../testing/atomic.ts'
import {bruteForce} from '../testing/brute-force.ts'
import {Distinct, textOf} from '../testing/distinct.ts'
import {randomHistory} from '../testing/fuzz.ts'
import {onlyOrderExplains} from './only-order.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 3000)

test('what the only order explains is possible; what one client did is explained if it is possible', {
  timeout: 60_000 + 10 * HISTORIES,
}, () => {
  const random = createRandom('linearizable/only-order')
  const distinct = new Distinct()
  const models = Object.values(MODELS).filter(({name}) => Object.hasOwn(SPEECH, name))
  const found = {explained: 0, impossible: 0, overlapping: 0}
  for (let i = 0; distinct.count < HISTORIES; i++) {
    const draw = random.fork(String(i))
    const model = draw.pick(models)
    const processes = draw.pick([1, 1, 2])
    const info = draw.pick([0, 0, 0.1])
    const options = {
      processes,
      info,
      operations: draw.between(2, 8),
      values: draw.pick([0, 2]),
      lie: draw.pick([0, 0.3]),
    }
    const record = randomHistory(draw, {...options, functions: model.functions}, atomicObject(model))
    const text = `${model.name} ${textOf(record)}`
    if (record.length === 0 || !distinct.isNew(text)) continue
    const [track] = split(record, () => undefined)
    const explained = onlyOrderExplains(record.ops, track!, model)
    const possible = bruteForce(model, [...record.operations])
    if (explained) expect(possible, text).toBe(true)
    const isSequential = processes === 1 && record.operations.every(({outcome}) => outcome !== 'info')
    if (isSequential && model.branches === undefined) expect(explained, text).toBe(possible)
    found[explained ? 'explained' : possible ? 'overlapping' : 'impossible']++
  }
  for (const count of Object.values(found)) expect(count, JSON.stringify(found)).toBeGreaterThan(HISTORIES / 20)
})
