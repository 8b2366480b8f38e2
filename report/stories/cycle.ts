/**
 * A cycle: each transaction must come before the next, and the last before the first (Elle's picture, Kingsbury & Alvaro
 * 2020). An arrow leads from the micro-operation that makes an order to the one that it orders.
 */
import type {Anomaly} from '../../core/verdict.ts'
import type {Story, StoryArrow} from '../payload.ts'
import {compact} from '../values.ts'
import {drawCard, transactionData} from './cards.ts'

/** More cards than this are not drawn. */
export const CARD_LIMIT = 200
/** Above this, cards only show where arrows begin and end. */
const ROOMY = 12

interface Step {
  readonly from: unknown
  readonly to: unknown
  readonly type?: unknown
  readonly key?: unknown
  readonly because?: unknown
  readonly fromMicroOp?: unknown
  readonly toMicroOp?: unknown
}

/**
 * Reads `{transactions: [{name, transaction: {index, process, type, value}}], steps: [{from, to, type, because, …}]}`;
 * undefined for any other anomaly. Of a cycle that is too long the beginning is drawn; of one from whose middle the
 * checker left steps out (`omitted`: how many), both ends.
 */
export function cycleStory({detail}: Anomaly): Story | undefined {
  const {transactions, steps, omitted, knot} = (detail ?? {}) as Record<string, unknown>
  if (!Array.isArray(transactions) || !Array.isArray(steps) || transactions.length < 2) return undefined
  const named = transactions.map(({name, transaction}) => ({name: String(name), data: transactionData(transaction)}))
  const places = new Map(named.map(({name}, at) => [name, at]))
  const placed = (steps as Step[]).map((step) => ({
    step,
    from: places.get(String(step.from)) ?? -1,
    to: places.get(String(step.to)) ?? -1,
  }))
  if (placed.some(({from, to}) => from < 0 || to < 0)) return undefined
  const lines = named.length > ROOMY ? 2 : undefined
  const cards = named.slice(0, CARD_LIMIT).map(({name, data}, at) => {
    if (data === undefined) return undefined
    const wanted = placed.flatMap(({step, from, to}) => [
      ...(from === at ? microOp(step.fromMicroOp) : []),
      ...(to === at ? microOp(step.toMicroOp) : []),
    ])
    return drawCard(name, data, undefined, wanted, lines)
  })
  if (!cards.every((card) => card !== undefined)) return undefined
  const arrows = placed
    .filter(({from, to}) => from < cards.length && to < cards.length)
    .map(
      ({step, from, to}): StoryArrow => ({
        from,
        to,
        type: String(step.type ?? ''),
        key: step.key === undefined ? '' : compact(step.key, 60),
        because: String(step.because ?? ''),
        fromLine: cards[from]!.lineOf(microOp(step.fromMicroOp)[0]),
        toLine: cards[to]!.lineOf(microOp(step.toMicroOp)[0]),
      }),
    )
  return {
    shape: 'ring',
    cards: cards.map(({card}) => card),
    arrows,
    // A cycle has as many transactions as steps, those included that the checker itself left out.
    leftOut: Math.max(0, steps.length + (typeof omitted === 'number' ? omitted : 0) - cards.length),
    ...(typeof knot === 'number' ? {knot} : {}),
  }
}

function microOp(position: unknown): number[] {
  return typeof position === 'number' ? [position] : []
}
