/**
 * The story that a verdict tells stands for itself: of every impossible history the operations that are named have, taken
 * alone, no order either, and the one that is pointed at is among them.
 */
import {expect, test} from 'vitest'
import {history} from '../../../core/history.ts'
import {createRandom} from '../../../core/random.ts'
import type {Verdict} from '../../../core/verdict.ts'
import {linearizable} from '../linearizable.ts'
import type {Model} from '../model.ts'
import {MODELS} from '../models/index.ts'
import {atomicObject, SPEECH} from '../testing/atomic.ts'
import {bruteForce} from '../testing/brute-force.ts'
import {Distinct, textOf} from '../testing/distinct.ts'
import {atomicRegister, randomHistory} from '../testing/fuzz.ts'

const STORIES = Number(process.env['CHAOS_FUZZ'] ?? 3000) / 10
const NAMES = ['register', 'cas-register', ...Object.keys(SPEECH)]

test.each(NAMES)(
  '%s: the operations of a story are impossible by themselves',
  {timeout: 60_000 + 100 * STORIES},
  (name) => {
    const model = (MODELS as Readonly<Record<string, Model>>)[name]!
    const object = name in SPEECH ? () => atomicObject(model) : atomicRegister
    const checker = linearizable({model, perKey: false, trustFailures: true})
    const random = createRandom(`linearizable/story/${name}`)
    const distinct = new Distinct()
    let reported = 0
    let operations = 0
    for (let i = 0; reported < STORIES; i++) {
      const draw = random.fork(String(i))
      const shape = {
        processes: draw.between(2, 4),
        operations: draw.between(3, 10),
        values: draw.pick([0, 0, 3]),
        info: draw.pick([0, 0.1, 0.3]),
        lie: draw.pick([0.25, 0.5]),
        functions: model.functions,
      }
      const record = randomHistory(draw, shape, object())
      const text = textOf(record)
      if (!distinct.isNew(text)) continue
      const verdict = checker.check(record) as Verdict
      if (verdict.validity !== 'invalid') continue
      reported++
      const {counterexample, witness} = verdict.anomalies[0]!
      const named = new Set(counterexample!.operations)
      const part = history(record.ops.filter(({index}) => witness.includes(index)))
      expect(part.operations.map(({invoke}) => invoke.index)).toEqual([...named].sort((left, right) => left - right))
      expect(named.has(counterexample!.impossible!), text).toBe(true)
      expect(bruteForce(model, [...part.operations], true), `${[...named]} of ${text}`).toBe(false)
      operations += named.size
    }
    // Nobody reads long stories.
    expect(operations / reported).toBeLessThan(5)
  },
)
