/** From a case to what is drawn: which operations, in which lanes, along which partial linearization. */
import type {Case} from '../data/cases.ts'
import type {Table} from '../data/table.ts'
import type {DrawnOperation} from './layout.ts'

/** More than this cannot be read; of a long search the end is shown, where it got stuck. */
const OPERATION_LIMIT = 60
const CHARACTER_PX = 7.3
/** Captions of what cannot be are bold. */
const CAPTION_PX = 7
/** What a caption may be followed by, as `captionOf` says of what cannot be. */
export const CANNOT_FOLLOW = '  ✘ cannot follow'

export interface Step {
  readonly row: number
  readonly state: string
}

/** An operation that real time allows next, and why it leads nowhere. */
export interface Next {
  readonly row: number
  readonly illegal: boolean
  readonly reason: string
}

export interface CaseScene {
  readonly operations: readonly DrawnOperation[]
  /** Process of each lane. */
  readonly lanes: readonly string[]
  readonly impossible: number | undefined
  /** Longest first. */
  readonly linearizations: readonly (readonly Step[])[]
  /** By linearization, what could come next; empty where the checker does not say. */
  readonly next: readonly (readonly Next[])[]
  /** The state before the first step drawn, when earlier steps are left out. */
  readonly entry: string | undefined
  /** Operations of the case that are not drawn. */
  readonly hidden: number
}

export function sceneOf(table: Table, each: Case): CaseScene {
  const rowOf = (index: number) => table.rowOf(index)
  const orders = (each.counterexample?.linearizations ?? [])
    .map((steps, at) => ({
      steps: steps.flatMap(({index, state}) => toStep(rowOf(index), state)),
      next: (each.counterexample?.next?.[at] ?? []).flatMap(({index, illegal, reason}): Next[] => {
        const row = rowOf(index)
        return row === undefined ? [] : [{row, illegal, reason}]
      }),
    }))
    .sort((left, right) => right.steps.length - left.steps.length)
  const longest = orders[0]?.steps ?? []
  const impossible = each.counterexample?.impossible
  const impossibleRow = impossible === undefined ? undefined : rowOf(impossible)
  const all = new Set<number>()
  for (const index of each.indices) add(all, rowOf(index))
  for (const step of longest) all.add(step.row)
  add(all, impossibleRow)
  const rows = [...all].sort((left, right) => left - right)
  const shown = rows.slice(-OPERATION_LIMIT)
  const kept = new Set(shown)
  const lanes = [...new Set(shown.map((row) => table.process(row)))].sort((left, right) =>
    left.localeCompare(right, 'en', {numeric: true}),
  )
  const firstKept = longest.findIndex((step) => kept.has(step.row))
  const refusable = new Set(orders.flatMap(({next}) => next.filter(({illegal}) => illegal).map(({row}) => row)))
  const longestCaption = (row: number) =>
    `${captionOf(table, row, each)}${refusable.has(row) && row !== impossibleRow ? CANNOT_FOLLOW : ''}`
  return {
    operations: shown.map((row) => drawn(table, row, lanes, longestCaption(row))),
    lanes,
    impossible: impossibleRow,
    linearizations: orders.map(({steps}) => steps.filter((step) => kept.has(step.row))),
    next: orders.map(({next}) => next),
    entry: firstKept > 0 ? longest[firstKept - 1]?.state : undefined,
    hidden: rows.length - shown.length,
  }
}

function drawn(table: Table, row: number, lanes: readonly string[], caption: string): DrawnOperation {
  const unknown = table.outcome(row) === 2
  return {
    row,
    lane: lanes.indexOf(table.process(row)),
    startNs: table.startNs[row]!,
    endNs: unknown ? Number.POSITIVE_INFINITY : table.endNs[row]!,
    labelWidth: Math.max(64, Math.min(labelOf(table, row).length, 44) * CHARACTER_PX + 26),
    captionWidth: caption.length * CAPTION_PX + 8,
  }
}

/** What is written on a bar; long values are cut, the panel has them whole. */
export function labelOf(table: Table, row: number): string {
  const words = table.words(row, false)
  return words.length > 44 ? `${words.slice(0, 43)}…` : words
}

/** What is written below a bar. */
export function captionOf(table: Table, row: number, {counterexample}: Case): string {
  const index = table.index[row]!
  const states = counterexample?.states ?? []
  if (counterexample?.impossible === index) {
    const only =
      states.length > 0 && states.length <= 4 ? `only ${states.join(' or ')} possible` : 'no order explains this'
    return `#${index}  ✘ ${only}`
  }
  return table.outcome(row) === 2 ? `#${index}  may take effect later, or never` : `#${index}`
}

/** The largest partial linearization that holds this row, else the largest. */
export function linearizationWith(scene: CaseScene, row: number | undefined): number {
  if (row === undefined) return 0
  const at = scene.linearizations.findIndex((steps) => steps.some((step) => step.row === row))
  return at < 0 ? 0 : at
}

function toStep(row: number | undefined, state: string): Step[] {
  return row === undefined ? [] : [{row, state}]
}

function add(rows: Set<number>, row: number | undefined): void {
  if (row !== undefined) rows.add(row)
}
