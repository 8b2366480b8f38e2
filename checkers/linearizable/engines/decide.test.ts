import {expect, test} from 'vitest'
import {createRandom} from '../../../core/random.ts'
import {casRegister} from '../models/register.ts'
import {split} from '../split.ts'
import {bruteForce} from '../testing/brute-force.ts'
import {Distinct, textOf} from '../testing/distinct.ts'
import {atomicRegister, randomHistory} from '../testing/fuzz.ts'
import {restrict, type Trace, traceOf} from '../trace.ts'
import {decide, searchFrontier} from './decide.ts'
import type {Decision} from './decision.ts'
import {type RegisterColumns, type RegisterStructure, registerColumns} from './register/columns.ts'
import {decideRegister} from './register/decide.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 8_000)

const structure = casRegister.structure as RegisterStructure
const never = () => false

/** Every engine by itself, and all together. */
const ENGINES: Record<string, (trace: Trace, columns: RegisterColumns) => Decision> = {
  all: (trace) => decide(casRegister, trace, never),
  general: (trace) => searchFrontier(casRegister, trace, never),
  'search without a beam': (_, columns) => decideRegister(columns, never, {zones: false, refute: false, beam: false}),
  'search with a beam': (_, columns) =>
    decideRegister(columns, never, {zones: false, refute: false, abstraction: false, width: 1}),
  'search and abstraction': (_, columns) => decideRegister(columns, never, {zones: false, refute: false, width: 1}),
}

test('agrees with brute force on distinct random register histories', {timeout: 60_000 + 10 * HISTORIES}, () => {
  const random = createRandom('linearizable/decide')
  const distinct = new Distinct()
  const verdicts = {valid: 0, invalid: 0}
  for (let i = 0; distinct.count < HISTORIES; i++) {
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
    const text = textOf(record)
    if (!distinct.isNew(text)) continue
    const trust = draw.chance(0.5)
    const [track] = split(record, () => undefined)
    const trace = traceOf(record.ops, track!, casRegister, trust ? () => true : undefined)
    const expected = bruteForce(casRegister, [...record.operations], trust)
    verdicts[expected ? 'valid' : 'invalid']++
    const cut = restrict(trace, () => true, draw.int(trace.events.length + 1))
    expect(decide(casRegister, cut, never).kind, `cut: ${text}`).toBe(searchFrontier(casRegister, cut, never).kind)
    const columns = registerColumns(trace, casRegister, structure)
    for (const [engine, decideBy] of Object.entries(ENGINES)) {
      const decision = decideBy(trace, columns)
      expect(decision.kind, `${engine}: ${text} trust=${trust}`).toBe(expected ? 'valid' : 'invalid')
    }
  }
  if (HISTORIES > 100_000) console.log(`${distinct.count} distinct histories: ${JSON.stringify(verdicts)}`)
  expect(verdicts.valid).toBeGreaterThan(HISTORIES / 5)
  expect(verdicts.invalid).toBeGreaterThan(HISTORIES / 5)
})
