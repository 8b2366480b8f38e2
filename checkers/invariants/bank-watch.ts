/**
 * A bank, while the record is being written: where the accounts and their total are known, a read is right or wrong by
 * itself. Of a bank that is read committed only what holds in every read is certain before the end.
 */
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import type {Verdict} from '../../core/verdict.ts'
import {AnswerWatch} from '../findings/answer-watch.ts'
import {type BankOptions, bank} from './bank.ts'

export function bankWatch(options: BankOptions & Required<Pick<BankOptions, 'total' | 'accounts'>>): AnswerWatch {
  const checker = bank(options)
  return new AnswerWatch({
    ended({f, outcome, invoke, completion}) {
      if (f !== 'read' || outcome !== 'ok') return undefined
      const verdict = checker.check(history([invoke, completion as Op])) as Verdict
      return verdict.anomalies[0]
    },
  })
}
