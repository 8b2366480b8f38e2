/** What every checker has to keep: pure, honest about what it does not know, and every accusation with its witness. */
import {deepStrictEqual, notStrictEqual, ok, strictEqual} from 'node:assert/strict'
import {BudgetSpent, type Checker} from '../../core/checker.ts'
import {type History, history} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import type {Contract} from './contract.ts'

/** Histories that the author knows the verdict of. At least one of each kind. */
export interface KnownHistories {
  readonly valid: readonly History[]
  readonly invalid: readonly History[]
}

export function checkerContract(make: () => Checker, known: KnownHistories): Contract {
  const judge = async (of: History): Promise<Verdict> => make().check(of)
  const all = [...known.valid, ...known.invalid]
  return [
    {
      name: 'has a name and a description, and its verdict bears the name',
      async check() {
        const {name, description} = make()
        ok(name.length > 0 && description.length > 0)
        for (const one of all) strictEqual((await judge(one)).checker, name)
      },
    },
    {
      name: 'calls the valid histories valid, and the invalid ones invalid',
      async check() {
        ok(known.valid.length > 0 && known.invalid.length > 0, 'give it at least one history of each kind')
        for (const one of known.valid) strictEqual((await judge(one)).validity, 'valid')
        for (const one of known.invalid) strictEqual((await judge(one)).validity, 'invalid')
      },
    },
    {
      name: 'says the same of the same history, and changes nothing in it',
      async check() {
        for (const one of all) {
          const before = JSON.stringify([...one.ops])
          deepStrictEqual(await judge(one), await judge(one))
          strictEqual(JSON.stringify([...one.ops]), before)
        }
      },
    },
    {
      name: 'never accuses an empty history',
      async check() {
        notStrictEqual((await judge(history([]))).validity, 'invalid')
      },
    },
    {
      name: 'gives each accusation a type, a sentence and a witness that is in the history',
      async check() {
        for (const one of known.invalid) {
          const {anomalies} = await judge(one)
          ok(anomalies.length > 0, 'an invalid verdict has anomalies')
          const indices = new Set([...one.ops].map(({index}) => index))
          for (const {type, sentence, witness} of anomalies) {
            ok(type.length > 0 && sentence.length > 0)
            ok(witness.length > 0, `${type} has no witness`)
            for (const index of witness) ok(indices.has(index), `${type}: there is no op #${index}`)
          }
        }
      },
    },
    {
      name: 'does not pass for want of time',
      async check() {
        for (const one of known.invalid) {
          try {
            const {validity} = await make().check(one, {budget: {exceeded: () => 'time'}})
            notStrictEqual(validity, 'valid')
          } catch (error) {
            ok(error instanceof BudgetSpent, String(error))
          }
        }
      },
    },
  ]
}
