/**
 * Writes docs/cap.md: the CAP cards of the bundled targets, measured in simulated time as this runs, and those of real
 * processes, from scripts/cap-real.json, which `--real` measures anew (half an hour).
 *
 *     node --import tsx scripts/cap-page.ts           the page
 *     node --import tsx scripts/cap-page.ts --real    scripts/cap-real.json, then the page
 */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {capOf, cellsOf, HEADS, LEGEND, latencyOf, modelsOf} from '../cli/commands/cap/cells.ts'
import {origin} from '../cli/commands/cap/lines.ts'
import {nameOf, requestsFor} from '../cli/commands/cap/variants.ts'
import {lookUp} from '../core/registry.ts'
import type {Card} from '../runner/cap/card.ts'
import {realLaboratory, simulatedLaboratory} from '../runner/cap/laboratories.ts'
import {type Laboratory, measure} from '../runner/cap/measure.ts'
import {TARGETS} from '../targets/index.ts'
import {DESIGNS} from './cap-designs.ts'
import {table} from './markdown.ts'

const PAGE = 'docs/cap.md'
const REAL = 'scripts/cap-real.json'
/** Bundled targets as processes, and real systems where they are installed. */
const REAL_NAMES = ['raft', 'zab', 'primary-backup', 'primary-backup:mode=async', 'dynamo', 'gossip', 'etcd', 'redis']

interface RealCards {
  readonly measured: string
  readonly cards: readonly Card[]
}

async function cardsOf(names: readonly string[], real: boolean, laboratory: Laboratory): Promise<Card[]> {
  const requests = await requestsFor(names, {real, seed: 'cap'}, async (name) => lookUp('target', TARGETS, name))
  const cards: Card[] = []
  for (const request of requests) {
    const absent = real ? request.target.absent?.() : undefined
    if (absent !== undefined) process.stderr.write(`${request.target.name} is left out: ${absent}\n`)
    else cards.push(await measure(request, laboratory, (words) => process.stderr.write(`${words}\n`)))
  }
  return cards
}

function section(card: Card, depth = '###'): string[] {
  const remark = DESIGNS.find(({name}) => name === nameOf(card))?.remark
  return [
    `${depth} ${nameOf(card)}: ${capOf(card)} (${card.label.pacelc})`,
    '',
    `${card.label.sentence} Healthy: ${latencyOf(card.healthy)} (reads, writes); with nodes further apart: ${latencyOf(card.apart)}; ${origin(card)}.`,
    '',
    ...(remark === undefined ? [] : [remark, '']),
    ...table(HEADS, card.rows.map(cellsOf)),
    '',
    ...card.skipped.flatMap(({partition, reason}) => [`${partition}: left out, ${reason}.`, '']),
  ]
}

function page(cards: readonly Card[], real: RealCards | undefined): string {
  return [
    '# CAP cards',
    '',
    '<!-- Generated: node --import tsx scripts/cap-page.ts -->',
    '',
    'What each target gives up while the network is partitioned, as measured by `chaos cap`: not a label, but who was served on',
    'which side, which consistency model all reads support, what was lost, and how soon it recovered. Clients of the bundled',
    'targets live beside their node: they reach other nodes only as it does, since the theorem asks whether a node that',
    'receives a request answers it. `chaos cap TARGET…` measures any target that has registers, `--real` with real processes.',
    '',
    '## Design and measurement',
    '',
    ...table(
      ['target', 'by design', 'measured', 'PACELC', 'under every partition', 'lost'],
      cards.map((card) => [
        `\`${nameOf(card)}\``,
        DESIGNS.find(({name}) => name === nameOf(card))?.design ?? '',
        capOf(card),
        card.label.pacelc,
        modelsOf(card.label.models),
        String(card.label.lost),
      ]),
    ),
    '',
    ...LEGEND.map((words) => `- ${words}`),
    '',
    '## In simulated time',
    '',
    ...cards.flatMap((card) => section(card)),
    ...(real === undefined ? [] : realPart(real)),
  ].join('\n')
}

function realPart({measured, cards}: RealCards): string[] {
  return [
    '## As real processes',
    '',
    `Measured ${measured} by \`node --import tsx scripts/cap-page.ts --real\`. Latencies and pauses depend on the machine: 2 cores,`,
    'on which three targets were measured side by side, so the E of PACELC says little.',
    'Clients of etcd ask the node that they belong to; those of redis go to the primary wherever it is, so they walk around',
    'the partition: "cut off" says where they started.',
    '',
    ...cards.flatMap((card) => section(card)),
  ]
}

if (process.argv.includes('--real')) {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-cap-'))
  try {
    const cards = await cardsOf(REAL_NAMES, true, realLaboratory(directory, new AbortController().signal))
    const measured = new Date().toISOString().slice(0, 10)
    writeFileSync(REAL, `${JSON.stringify({measured, cards} satisfies RealCards, null, 1)}\n`)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}
const cards = await cardsOf(
  DESIGNS.map(({name}) => name),
  false,
  simulatedLaboratory,
)
const real = existsSync(REAL) ? (JSON.parse(readFileSync(REAL, 'utf8')) as RealCards) : undefined
writeFileSync(PAGE, page(cards, real))
