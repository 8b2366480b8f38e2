import {expect, test} from 'vitest'
import type {History} from '../../core/history.ts'
import {createRandom} from '../../core/random.ts'
import {bruteForce} from './brute-force.ts'
import {decide} from './decide.ts'
import {atomicRegister, randomHistory} from './fuzz.ts'
import {casRegister} from './models/register.ts'
import {split} from './split.ts'
import {traceOf} from './trace.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 20_000)

function fingerprint(record: History): string {
  return record.ops.map((op) => `${op.process}${op.type[0]}${op.f[0]}${JSON.stringify(op.value)}`).join(' ')
}

test('agrees with brute force on distinct random register histories', () => {
  const random = createRandom('linearizable/decide')
  const seen = new Set<string>()
  const verdicts = {valid: 0, invalid: 0}
  for (let i = 0; seen.size < HISTORIES; i++) {
    const draw = random.fork(String(i))
    const record = randomHistory(
      draw,
      {
        processes: draw.between(2, 5),
        operations: draw.between(3, 11),
        values: draw.pick([0, 1, 2, 3, 4]),
        info: draw.pick([0, 0.1, 0.35]),
        lie: draw.pick([0, 0.2, 0.5]),
        functions: draw.pick([
          ['read', 'write'],
          ['read', 'write', 'cas'],
          ['read', 'write', 'cas', 'cas'],
        ]),
      },
      atomicRegister(),
    )
    const print = fingerprint(record)
    if (seen.has(print)) continue
    seen.add(print)
    const trust = draw.chance(0.5)
    const [track] = split(record, () => undefined)
    const trace = traceOf(record.ops, track!, casRegister, trust ? () => true : undefined)
    const expected = bruteForce(casRegister, record.operations, trust)
    const decision = decide(casRegister, trace, () => false)
    verdicts[expected ? 'valid' : 'invalid']++
    expect(decision.kind, `${print} trust=${trust}`).toBe(expected ? 'valid' : 'invalid')
  }
  expect(verdicts.valid).toBeGreaterThan(HISTORIES / 5)
  expect(verdicts.invalid).toBeGreaterThan(HISTORIES / 5)
})
