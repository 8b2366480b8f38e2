/**
 * What a counterexample leaves out must not be what made it impossible: of a history that is possible, every part that the
 * rules allow is possible too, whatever operations are blinded.
 */
import {expect, test} from 'vitest'
import {createRandom} from '../../../../core/random.ts'
import {casRegister} from '../../models/register.ts'
import {split} from '../../split.ts'
import {bruteForce} from '../../testing/brute-force.ts'
import {Distinct, textOf} from '../../testing/distinct.ts'
import {atomicRegister, randomHistory} from '../../testing/fuzz.ts'
import {restrict, traceOf} from '../../trace.ts'
import {decide} from '../decide.ts'
import {type RegisterStructure, registerColumns} from './columns.ts'
import {RegisterRemoval} from './removal.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 3000)
const structure = casRegister.structure as RegisterStructure

test('parts of possible histories are possible', {timeout: 60_000 + 10 * HISTORIES}, () => {
  const random = createRandom('linearizable/removal')
  const distinct = new Distinct()
  let smaller = 0
  for (let i = 0; distinct.count < HISTORIES; i++) {
    const draw = random.fork(String(i))
    const record = randomHistory(
      draw,
      {
        processes: draw.between(2, 5),
        operations: draw.between(4, 12),
        values: draw.pick([0, 2, 3]),
        info: draw.pick([0, 0.2]),
        lie: 0,
        functions: ['read', 'write', 'cas', 'cas'],
      },
      atomicRegister(),
    )
    const text = textOf(record)
    if (!distinct.isNew(text)) continue
    const trust = draw.chance(0.5)
    expect(bruteForce(casRegister, [...record.operations], trust), text).toBe(true)
    const [track] = split(record, () => undefined)
    const whole = traceOf(record.ops, track!, casRegister, trust ? () => true : undefined)
    const calls = whole.calls.map((call) => (draw.chance(0.5) && structure.blind?.(call)) || call)
    const trace = {...whole, calls}
    const rule = new RegisterRemoval(registerColumns(trace, casRegister, structure))
    const kept = new Set(Array.from({length: trace.size}, (_, k) => k).filter(() => draw.chance(0.4)))
    rule.close(kept)
    expect(rule.sound(kept), text).toBe(true)
    if (kept.size < trace.size) smaller++
    const part = restrict(trace, (k) => kept.has(k))
    expect(decide(casRegister, part, () => false).kind, `${[...kept]} of ${text} trust=${trust}`).toBe('valid')
  }
  expect(smaller).toBeGreaterThan(HISTORIES / 3)
})
