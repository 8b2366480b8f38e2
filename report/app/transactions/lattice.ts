/**
 * The picture of the consistency models: where each stands, and what a verdict says of it. Which implies which comes with
 * the page (`Payload.weaker`), from the checker that judged.
 */
import type {ConsistencyDetail} from '../../../core/verdict-detail.ts'

/** Column, row and a name short enough for its box. A model without a place is told in words only. */
const PLACES: Readonly<Record<string, readonly [column: number, row: number, label: string]>> = {
  'strict-serializable': [2, 0, 'strict serializable'],
  'strong-session-serializable': [1, 1, 'session serializable'],
  'strong-snapshot-isolation': [3, 1, 'strong SI'],
  serializable: [0.5, 2, 'serializable'],
  'strong-session-snapshot-isolation': [2.5, 2, 'session SI'],
  'strong-read-committed': [4, 2, 'strong RC'],
  'repeatable-read': [0, 3, 'repeatable read'],
  'update-serializable': [1, 3, 'update serializable'],
  'snapshot-isolation': [2.25, 3, 'snapshot isolation'],
  'strong-session-read-committed': [4, 4, 'session RC'],
  'strong-read-uncommitted': [5, 4, 'strong RU'],
  'forward-consistent-view': [1, 4, 'forward view'],
  'parallel-snapshot-isolation': [2, 4, 'parallel SI'],
  prefix: [3, 4, 'prefix'],
  'consistent-view': [1, 5, 'consistent view'],
  'update-atomic': [2, 5, 'update atomic'],
  'causal-cerone': [3, 5, 'causal'],
  'cursor-stability': [0, 6, 'cursor stability'],
  'monotonic-view': [1, 6, 'monotonic view'],
  'read-atomic': [2.25, 6, 'read atomic'],
  'monotonic-snapshot-read': [3.5, 6, 'monotonic snapshot'],
  'strong-session-read-uncommitted': [5, 6, 'session RU'],
  'monotonic-atomic-view': [1.75, 7, 'monotonic atomic'],
  'read-committed': [2.5, 8, 'read committed'],
  'read-uncommitted': [3.5, 9, 'read uncommitted'],
}

export type Fate = 'weakest-out' | 'out' | 'strongest' | 'stands' | 'open'

export const FATE_WORDS: Readonly<Record<Fate, string>> = {
  'weakest-out': 'ruled out, the weakest of them',
  out: 'ruled out',
  strongest: 'nothing speaks against it, the strongest of them',
  stands: 'nothing speaks against it',
  open: 'not judged',
}

/** What stands before a name, so that no colour is needed. */
export const FATE_MARK: Readonly<Record<Fate, string>> = {
  'weakest-out': '✘',
  out: '✘',
  strongest: '✔',
  stands: '✔',
  open: '?',
}

export interface LatticeNode {
  readonly model: string
  readonly label: string
  readonly fate: Fate
  /** Whether it was promised. */
  readonly asked: boolean
  readonly x: number
  readonly y: number
}

export interface Lattice {
  readonly nodes: readonly LatticeNode[]
  /** From the stronger to the weaker, without those that follow from others. */
  readonly links: readonly {readonly from: LatticeNode; readonly to: LatticeNode}[]
  readonly width: number
  readonly height: number
  /** Models that have no place in the picture. */
  readonly unplaced: readonly string[]
}

export type Weaker = Readonly<Record<string, readonly string[]>>

export const BOX_WIDTH = 146
export const BOX_HEIGHT = 22
const COLUMN = 152
const ROW = 38
const MARGIN = 8

/** What a verdict says of a model. */
export function fateOf(model: string, {not, alsoNot, strongest}: ConsistencyDetail, weaker: Weaker): Fate {
  if (not.includes(model)) return 'weakest-out'
  if (alsoNot.includes(model)) return 'out'
  if (strongest.includes(model)) return 'strongest'
  return strongest.some((stronger) => weaker[stronger]?.includes(model)) ? 'stands' : 'open'
}

export function latticeOf(consistency: ConsistencyDetail, weaker: Weaker): Lattice {
  const models = Object.keys(weaker)
  const nodes = models
    .filter((model) => Object.hasOwn(PLACES, model))
    .map((model): LatticeNode => {
      const [column, row, label] = PLACES[model]!
      return {
        model,
        label,
        fate: fateOf(model, consistency, weaker),
        asked: consistency.models.includes(model),
        x: MARGIN + column * COLUMN,
        y: MARGIN + row * ROW,
      }
    })
  const links = nodes.flatMap((from) =>
    nodes.filter((to) => directly(from.model, to.model, weaker)).map((to) => ({from, to})),
  )
  return {
    nodes,
    links,
    width: Math.max(0, ...nodes.map(({x}) => x)) + BOX_WIDTH + MARGIN,
    height: Math.max(0, ...nodes.map(({y}) => y)) + BOX_HEIGHT + MARGIN,
    unplaced: models.filter((model) => !Object.hasOwn(PLACES, model)),
  }
}

/** Whether nothing lies between the two. */
function directly(stronger: string, lesser: string, weaker: Weaker): boolean {
  const implied = weaker[stronger] ?? []
  return implied.includes(lesser) && !implied.some((between) => weaker[between]?.includes(lesser))
}
