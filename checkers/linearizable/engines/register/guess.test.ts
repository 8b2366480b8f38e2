import {expect, test} from 'vitest'
import {createRandom} from '../../../../core/random.ts'
import {casRegister} from '../../models/register.ts'
import {split} from '../../split.ts'
import {bruteForce} from '../../testing/brute-force.ts'
import {Distinct, textOf} from '../../testing/distinct.ts'
import {atomicRegister, randomHistory} from '../../testing/fuzz.ts'
import type {RegisterStructure} from './columns.ts'
import {OrderGuess} from './guess.ts'
import {ownColumns, Packer, packedLength, RegisterScribe, unpack} from './pack.ts'

const HISTORIES = Number(process.env['CHAOS_FUZZ'] ?? 6000)
const {words} = casRegister.structure as RegisterStructure

test('what the guess explains has an order', {timeout: 60_000 + 10 * HISTORIES}, () => {
  const random = createRandom('linearizable/guess')
  const distinct = new Distinct()
  const guess = new OrderGuess()
  const found = {explained: 0, missed: 0, impossible: 0}
  for (let i = 0; distinct.count < HISTORIES; i++) {
    const draw = random.fork(String(i))
    const record = randomHistory(
      draw,
      {
        processes: draw.between(1, 4),
        operations: draw.between(3, 11),
        values: draw.pick([0, 1, 2, 3]),
        info: draw.pick([0, 0.1, 0.35]),
        lie: draw.pick([0, 0.2, 0.5]),
        functions: draw.pick([['read', 'write'], casRegister.functions]),
      },
      atomicRegister(),
    )
    const text = textOf(record)
    if (!distinct.isNew(text)) continue
    const trust = draw.chance(0.5)
    const scribe = new RegisterScribe(words!, null, trust ? () => true : undefined)
    const [track] = split(record, () => undefined, scribe)
    const packed = new Int32Array(packedLength(track!))
    new Packer(scribe).pack(track!, packed, 0)
    const possible = bruteForce(casRegister, [...record.operations], trust)
    const explained = guess.explainsPacked(packed, 0)
    expect(guess.explains(unpack(packed, 0)), text).toBe(explained)
    expect(guess.explains(ownColumns(track!, scribe.values)!), text).toBe(explained)
    if (explained) expect(possible, `${text} trust=${trust}`).toBe(true)
    found[explained ? 'explained' : possible ? 'missed' : 'impossible']++
  }
  if (HISTORIES > 10_000) console.log(JSON.stringify(found))
  expect(found.explained).toBeGreaterThan(HISTORIES / 3)
  expect(found.impossible).toBeGreaterThan(HISTORIES / 10)
})
