/** CAP cards for the terminal: all targets in one table. */
import type {Card} from '../../../runner/cap/card.ts'
import type {Style} from '../../output/style.ts'
import {capOf, cellsOf, HEADS, LEGEND, latencyOf} from './cells.ts'
import {nameOf} from './variants.ts'

export function cardLines(cards: readonly Card[], style: Style): string[] {
  const rows = cards.flatMap(({rows: own}) => own.map(cellsOf))
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] as string).length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd()
  return [
    `  ${style.dim(line(HEADS))}`,
    ...cards.flatMap((card) => [
      '',
      heading(card, style),
      `  ${card.label.sentence}`,
      `  ${style.dim(`healthy: ${latencyOf(card.healthy)}; nodes further apart: ${latencyOf(card.apart)}; ${origin(card)}`)}`,
      ...card.rows.map((row) => {
        const text = line(cellsOf(row))
        return `  ${row.cut.verified ? text : style.warn(`${text}  (no probe saw this cut)`)}`
      }),
      ...card.skipped.map(({partition, reason}) => `  ${style.dim(`${partition}: left out, ${reason}`)}`),
    ]),
    '',
    ...LEGEND.map((words) => style.dim(words)),
  ]
}

function heading(card: Card, style: Style): string {
  const {label} = card
  const paint = (text: string) => (label.cap === 'neither' || label.lost > 0 ? style.bad(text) : style.good(text))
  return `${style.bold(nameOf(card))}  ${paint(capOf(card))}  ${label.pacelc}`
}

export function origin({nodes, world, seed, clientsBeside}: Card): string {
  const clients = clientsBeside ? '' : ', clients choose nodes by themselves'
  return `${nodes} nodes, ${world}, seed ${seed}${clients}`
}
