import {expect, test} from 'vitest'
import {createRandom, type Random} from '../../../../core/random.ts'
import {casRegister} from '../../models/register.ts'
import {split} from '../../split.ts'
import {bruteForce} from '../../testing/brute-force.ts'
import {Distinct, textOf} from '../../testing/distinct.ts'
import {atomicRegister, randomHistory} from '../../testing/fuzz.ts'
import {traceOf} from '../../trace.ts'
import {type RegisterColumns, type RegisterStructure, registerColumns} from './columns.ts'
import {decideRegister} from './decide.ts'
import {SingleOrder} from './single-order.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 3000)
const never = () => false

function drawn(draw: Random, processes: number, operations: number, lie: number) {
  const record = randomHistory(
    draw,
    {
      processes,
      operations,
      values: draw.pick([1, 2, 3, 5]),
      info: draw.pick([0, 0.02, 0.2]),
      lie,
      functions: draw.pick([['read', 'write'], casRegister.functions]),
    },
    atomicRegister(),
  )
  const trust = draw.chance(0.5)
  const [track] = split(record, () => undefined)
  const trace = traceOf(record.ops, track!, casRegister, trust ? () => true : undefined)
  return {record, trust, columns: registerColumns(trace, casRegister, casRegister.structure as RegisterStructure)}
}

const isFound = (columns: RegisterColumns) => new SingleOrder(columns, never).isFound()

test('where it finds an order, there is one: short histories, against brute force', {
  timeout: 60_000 + HISTORIES,
}, () => {
  const random = createRandom('linearizable/single-order')
  const distinct = new Distinct()
  const found = {found: 0, missed: 0, impossible: 0}
  for (let i = 0; distinct.count < HISTORIES; i++) {
    const draw = random.fork(String(i))
    const {record, trust, columns} = drawn(draw, draw.between(2, 5), draw.between(4, 11), draw.pick([0, 0.2, 0.5]))
    const text = textOf(record)
    if (!distinct.isNew(text)) continue
    const possible = bruteForce(casRegister, [...record.operations], trust)
    const one = isFound(columns)
    if (one) expect(possible, `${text} trust=${trust}`).toBe(true)
    found[one ? 'found' : possible ? 'missed' : 'impossible']++
  }
  if (HISTORIES > 10_000) console.log(JSON.stringify(found))
  expect(found.impossible).toBeGreaterThan(HISTORIES / 10)
  expect(found.missed).toBeLessThan(HISTORIES / 50)
})

test('where it finds an order, the search does too: long histories, over places that a beam leads over', () => {
  const random = createRandom('linearizable/single-order/long')
  const found = {found: 0, missed: 0, impossible: 0, refuted: 0}
  for (let i = 0; i < HISTORIES / 30; i++) {
    const draw = random.fork(String(i))
    const {columns} = drawn(draw, draw.pick([3, 6, 12]), 400, draw.pick([0, 0, 0.003]))
    const single = new SingleOrder(columns, never)
    const one = single.isFound()
    const {kind} = decideRegister(columns, never, {single: false})
    if (one) expect(kind, `history ${i}`).toBe('valid')
    if (single.refuted !== undefined) {
      expect(kind, `history ${i}`).toBe('invalid')
      found.refuted++
    }
    found[one ? 'found' : kind === 'valid' ? 'missed' : 'impossible']++
  }
  if (HISTORIES > 10_000) console.log(JSON.stringify(found))
  expect(found.found).toBeGreaterThan(HISTORIES / 100)
  expect(found.impossible).toBeGreaterThan(0)
  expect(found.refuted).toBeGreaterThan(0)
})
