/**
 * The story of an appended text that was seen in too many places: appended once, it can stand behind one text only, so two
 * reads that show it behind different ones cannot both be right, whenever they ran. No order has to be argued about.
 */
import type {Operation} from '../../../core/op.ts'
import type {Anomaly} from '../../../core/verdict.ts'
import {witnessOf} from '../../findings/finding.ts'
import {shortValue} from '../canonical.ts'
import {textView} from '../engines/texts/columns.ts'
import type {Model} from '../model.ts'
import type {Trace} from '../trace.ts'
import {nameOf} from './why.ts'

/** The anomaly, without its key; undefined where this is not what is wrong. */
export function shownTooOften(
  model: Model,
  trace: Trace,
  operationOf: (operation: number) => Operation,
): Anomaly | undefined {
  const {structure} = model
  if (structure?.kind !== 'text') return undefined
  const view = textView(trace, (call) => structure.role(call))
  if (view === undefined || !('impossible' in view) || view.tooOften === undefined) return undefined
  const {text, appends, shown} = view.tooOften
  const gets = shown.map(({get, behind}) => ({operation: operationOf(get), behind}))
  const operations = [...appends.map(operationOf), ...gets.map(({operation}) => operation)]
    .filter((operation, i, all) => all.findIndex(({invoke}) => invoke === operation.invoke) === i)
    .sort((left, right) => left.invoke.index - right.invoke.index)
  const {key} = operations[0]!
  const to = key === undefined ? '' : ` to ${key}`
  const where = gets
    .map(
      ({operation: {process}, behind}) =>
        `process ${process} read it ${behind === '' ? 'first' : `behind ${shortValue(behind)}`}`,
    )
    .join(', ')
  const last = gets.at(-1)!.operation
  return {
    type: 'nonlinearizable',
    sentence: `${shortValue(text)} was appended${to} ${times(appends.length)}, but ${where}`,
    witness: witnessOf(...operations),
    why: [
      ...gets.map(
        ({operation, behind}) =>
          `${nameOf(operation)} shows ${shortValue(text)} ${behind === '' ? 'at the beginning' : `behind ${shortValue(behind)}`}.`,
      ),
      `Only ${appends.map((append) => nameOf(operationOf(append))).join(' and ')} can have put it there, ${times(appends.length)} in all.`,
    ],
    counterexample: {
      operations: operations.map(({invoke}) => invoke.index),
      impossible: last.invoke.index,
      states: [],
      linearizations: [],
    },
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
