import {expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {decide, searchFrontier} from '../engines/decide.ts'
import {Effort} from '../explanation/effort.ts'
import {shrink} from '../explanation/shrink.ts'
import type {Model} from '../model.ts'
import {split} from '../split.ts'
import {atomicObject, SPEECH} from '../testing/atomic.ts'
import {bruteForce} from '../testing/brute-force.ts'
import {Distinct, textOf} from '../testing/distinct.ts'
import {randomHistory} from '../testing/fuzz.ts'
import {restrict, traceOf} from '../trace.ts'
import {MODELS} from './index.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 10_000) / 10
const never = () => false

test.each(Object.keys(SPEECH))(
  '%s: every engine agrees with brute force',
  {timeout: 60_000 + 100 * HISTORIES},
  (name) => {
    const model = (MODELS as Readonly<Record<string, Model>>)[name]!
    const random = createRandom(`linearizable/models/${name}`)
    const distinct = new Distinct()
    const verdicts = {valid: 0, invalid: 0}
    for (let i = 0; distinct.count < HISTORIES; i++) {
      const draw = random.fork(String(i))
      const shape = {
        processes: draw.between(2, 4),
        operations: draw.between(3, 9),
        values: draw.pick([0, 0, 3]),
        info: draw.pick([0, 0, 0.1, 0.3]),
        lie: draw.pick([0, 0.25, 0.5]),
        functions: draw.chance(0.2) ? model.functions.slice(0, 2) : model.functions,
      }
      const record = randomHistory(draw, shape, atomicObject(model))
      const text = textOf(record)
      if (!distinct.isNew(text)) continue
      const trust = draw.chance(0.5)
      const [track] = split(record, () => undefined)
      const trace = traceOf(record.ops, track!, model, trust ? () => true : undefined)
      const expected = bruteForce(model, [...record.operations], trust) ? 'valid' : 'invalid'
      verdicts[expected]++
      expect(searchFrontier(model, trace, never).kind, `general: ${text}`).toBe(expected)
      const decision = decide(model, trace, never)
      expect(decision.kind, `all: ${text} ${JSON.stringify(decision)}`).toBe(expected)
      const cut = restrict(trace, () => true, draw.int(trace.events.length + 1))
      expect(decide(model, cut, never).kind, `cut: ${text}`).toBe(searchFrontier(model, cut, never).kind)
      if (decision.kind !== 'invalid' || !draw.chance(0.1)) continue
      const small = shrink(model, trace, decision.at, new Effort(never), decision.core)
      expect(searchFrontier(model, small, never).kind, `shrunk: ${text}`).toBe('invalid')
    }
    if (HISTORIES > 10_000) console.log(`${name}: ${distinct.count} distinct histories: ${JSON.stringify(verdicts)}`)
    expect(verdicts.valid).toBeGreaterThan(HISTORIES / 10)
    expect(verdicts.invalid).toBeGreaterThan(HISTORIES / 10)
  },
)
