/**
 * The same history gets the same verdict from every checker, whichever format it came in and whatever its keys and values are;
 * and a system that keeps its promise is never convicted. `CHAOS_FUZZ` says how many histories (10 000 takes minutes).
 */
import {expect, test} from 'vitest'
import * as CHECKERS from '../checkers/index.ts'
import type {CheckerFactory} from '../checkers/library.ts'
import {linearizable} from '../checkers/linearizable/index.ts'
import {fuzzCount} from '../checkers/testing/fuzz.fixture.ts'
import {UsageError} from '../core/error.ts'
import {parseHistory, writeHistory} from '../core/format/index.ts'
import {history} from '../core/history.ts'
import type {Op} from '../core/op.ts'
import {createRandom} from '../core/random.ts'
import {recordOf, SPELLINGS, SYSTEMS, spell} from './formats.fixture.ts'

const JUDGES: Readonly<Record<string, CheckerFactory>> = {
  ...CHECKERS,
  'multi-register': () => linearizable({model: 'multi-register', perKey: false}),
}
const kinds = Object.keys(SPELLINGS)
const systems = Object.entries(SYSTEMS)
const combinations = systems.length * kinds.length * 2
const rounds = Math.max(1, Math.ceil(fuzzCount(320) / combinations))

/** What a checker says, without the words. */
async function verdictOf(make: CheckerFactory, ops: readonly Op[]): Promise<string> {
  try {
    const {validity, anomalies} = await make().check(history(ops))
    expect(JSON.stringify(anomalies.map(({sentence, why}) => [sentence, why]))).not.toMatch(/\\u0000|#edn|\{edn:/)
    return `${validity} ${anomalies.map(({type, witness}) => `${type} ${witness.join(',')}`).sort()}`
  } catch (error) {
    if (error instanceof UsageError) return 'refused'
    throw error
  }
}

test.each(systems)('%s', {timeout: 1_800_000}, async (name, system) => {
  for (const kind of kinds) {
    for (let round = 0; round < 2 * rounds; round++) {
      const lie = round % 2 === 0 ? 0 : 0.15
      const seed = `formats/${name}/${kind}/${round}`
      const {edn, jsonl} = spell(recordOf(system, createRandom(seed), lie), kind)
      const fromEdn = parseHistory(edn, {file: 'h.edn', format: 'edn'}).ops
      const fromJson = parseHistory(jsonl, {file: 'h.jsonl', format: 'jsonl'}).ops
      const forms = {
        jsonl: fromJson,
        'edn as jsonl': parseHistory([...writeHistory(fromEdn, 'jsonl')].join(''), {file: 'h.jsonl'}).ops,
        'jsonl as edn': parseHistory([...writeHistory(fromJson, 'edn')].join(''), {file: 'h.edn'}).ops,
      }
      for (const [checker, make] of Object.entries(JUDGES)) {
        const expected = await verdictOf(make, fromEdn)
        if (lie === 0 && system.keeps.includes(checker))
          expect(expected, `${seed}: ${checker}\n${edn}`).not.toMatch(/^(invalid|refused)/)
        for (const [form, ops] of Object.entries(forms)) {
          expect(await verdictOf(make, ops), `${seed}: ${checker} on ${form}\n${edn}\n${jsonl}`).toBe(expected)
        }
      }
    }
  }
})
