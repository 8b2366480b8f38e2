/** Agreement and validity, and against brute force: the checker says what a search for a linearization says. */
import {expect, test} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {createRandom, type Random} from '../../core/random.ts'
import {linearizable} from '../linearizable/index.ts'
import type {Model} from '../linearizable/model.ts'
import {diagram} from '../testing/diagram.ts'
import {consensus} from './consensus.ts'

const typesIn = async (text: string) => (await consensus().check(diagram(text))).anomalies.map(({type}) => type)

test.each([
  ['one decision for all', '0 |propose 7 → 7|\n1   |propose 9 → 7|', []],
  ['two decisions', '0 |propose 7 → 7|\n1   |propose 9 → 9|', ['disagreement']],
  ['one that nobody proposed', '0 |propose 7 → 8|', ['unproposed-decision']],
  ['one that was proposed after it was told', '0 |read → 7|\n1            |propose 7 → 7|', ['unproposed-decision']],
  ['one that was forgotten', '0 |propose 7 → 7|\n1                   |read → nil|', ['forgotten-decision']],
  ['one whose proposer never heard', '0 |propose 7 >\n1                   |read → 7|', []],
  ['one whose proposer was refused', '0 |propose 7 #\n1                   |read → 7|', ['unproposed-decision']],
])('%s', async (_, text, types) => {
  expect(await typesIn(text)).toEqual(types)
})

/** A consensus object: the first proposal is the decision. */
const OBJECT: Model<number | null> = {
  name: 'consensus-object',
  description: 'the first proposal is the decision',
  functions: ['propose', 'read'],
  reads: ['read'],
  init: null,
  step(state, {f, input, output, outcome}) {
    const next = f === 'propose' ? (state ?? (input as number)) : state
    return outcome !== 'ok' || next === output ? next : undefined
  },
}

test('decides as a search does', async () => {
  let invalid = 0
  for (let i = 0; i < 600; i++) {
    const record = history(fuzz(createRandom(`consensus ${i}`)))
    const [ours, searched] = [await consensus().check(record), await linearizable({model: OBJECT}).check(record)]
    if (ours.validity === 'unknown') continue
    expect(ours.validity, `seed ${i}`).toBe(searched.validity)
    if (ours.validity === 'invalid') invalid++
  }
  expect(invalid).toBeGreaterThan(50)
})

/** Three processes, up to nine operations, answers that are often right. */
function fuzz(random: Random): Op[] {
  const ops: Op[] = []
  const open = new Map<number, {f: string; value: number | null}>()
  let decision: number | null = null
  for (let timeNs = 0; ops.length < 18; timeNs++) {
    const process = random.int(3)
    const asked = open.get(process)
    const at = {index: ops.length, timeNs, process}
    if (asked === undefined) {
      const call = random.chance(0.4) ? {f: 'read', value: null} : {f: 'propose', value: random.between(1, 4)}
      open.set(process, call)
      ops.push({...at, type: 'invoke', ...call})
    } else {
      open.delete(process)
      if (asked.f === 'propose') decision ??= asked.value
      const value = random.chance(0.9) ? decision : random.between(1, 4)
      if (random.chance(0.1) && asked.f === 'propose') {
        ops.push({...at, type: 'info', ...asked})
        open.set(process, asked)
        return ops
      }
      ops.push({...at, type: 'ok', f: asked.f, value})
    }
  }
  return ops
}
