import {expect, test} from 'vitest'
import {createRandom} from '../../../../core/random.ts'
import {casRegister} from '../../models/register.ts'
import {split} from '../../split.ts'
import {atomicRegister, randomHistory} from '../../testing/fuzz.ts'
import {traceOf} from '../../trace.ts'
import {type RegisterColumns, type RegisterStructure, registerColumns} from './columns.ts'
import {ownColumns, Packer, packedEnd, packedLength, RegisterScribe, unpack} from './pack.ts'

test('packed registers are the columns that the general way makes', () => {
  const structure = casRegister.structure as RegisterStructure
  for (let i = 0; i < 300; i++) {
    const random = createRandom(`pack/${i}`)
    const trust = random.chance(0.5) ? () => true : undefined
    const shape = {processes: 4, operations: 30, values: 3, info: 0.2, lie: 0.2, functions: casRegister.functions}
    const record = randomHistory(random, shape, atomicRegister())
    const scribe = new RegisterScribe(structure.words!, null, trust)
    const [track] = split(record, () => undefined, scribe)
    const packed = new Int32Array(1 + packedLength(track!))
    const packer = new Packer(scribe)
    packer.pack(track!, packed, 0)
    const end = packer.pack(track!, packed, 1)
    expect(packedEnd(packed, 1)).toBe(end)
    const expected = registerColumns(traceOf(record.ops, track!, casRegister, trust), casRegister, structure)
    expectAlike(unpack(packed, 1), expected)
    expectAlike(ownColumns(track!, scribe.values)!, expected)
  }
})

function expectAlike({values, ...rest}: RegisterColumns, expected: RegisterColumns): void {
  // Numbers of values may differ; that they are the same where the others are the same is what counts.
  const canonical = (made: Int32Array) => Array.from(made)
  expect(canonical(rest.kind as never)).toEqual(canonical(expected.kind as never))
  expect(rest).toMatchObject({invokeAt: expected.invokeAt, returnAt: expected.returnAt, size: expected.size})
  expect(rest.mattersUntil).toEqual(expected.mattersUntil)
  expect(Array.from(rest.events)).toEqual(Array.from(expected.events))
  const pairs = new Map<number, number>()
  for (const name of ['sees', 'leaves'] as const) {
    rest[name].forEach((value, k) => {
      const other = expected[name][k]!
      if (!pairs.has(value)) pairs.set(value, other)
      expect(pairs.get(value)).toBe(other)
    })
  }
  expect(new Set(pairs.values()).size).toBe(pairs.size)
  expect(values).toBeGreaterThanOrEqual(pairs.size - 1)
}
