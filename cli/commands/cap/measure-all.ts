/** Measures the cards that were asked for, one after the other, and shows them. */
import {writeFileSync} from 'node:fs'
import {EnvironmentError, EXIT, type ExitCode, messageOf} from '../../../core/error.ts'
import {assertPresent} from '../../../core/target.ts'
import type {Card} from '../../../runner/cap/card.ts'
import {realLaboratory, simulatedLaboratory} from '../../../runner/cap/laboratories.ts'
import {measure} from '../../../runner/cap/measure.ts'
import {RUNS_DIRECTORY} from '../../../runner/store.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {findTarget} from '../../settings/catalogue.ts'
import {loadConfig} from '../../settings/config.ts'
import {cardLines} from './lines.ts'
import {cardPage} from './page.ts'
import {type CapFlags, nameOf, requestsFor} from './variants.ts'

interface Flags extends CapFlags {
  readonly json: boolean
  readonly html?: string | undefined
  readonly output?: string | undefined
  readonly config?: string | undefined
}

/** Inconclusive where a cut was never seen by a probe: the card then speaks of a network that was whole. */
export async function measureAll(
  names: readonly string[],
  flags: Flags,
  {out, err, style}: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const loaded = await loadConfig(flags.config, process.cwd())
  const requests = await requestsFor(names, flags, (name) => findTarget(name, loaded, process.cwd()))
  if (flags.real) for (const {target} of requests) assertPresent(target)
  const laboratory = flags.real ? realLaboratory(flags.output ?? RUNS_DIRECTORY, signal) : simulatedLaboratory
  const cards: Card[] = []
  for (const request of requests) {
    signal.throwIfAborted()
    cards.push(await measure(request, laboratory, (words) => err(`${style.dim(words)}\n`)))
    signal.throwIfAborted()
  }
  if (flags.json) out(`${JSON.stringify({schema: 'chaos.cap/1', cards}, null, 2)}\n`)
  else out(`${cardLines(cards, style).join('\n')}\n`)
  if (flags.html !== undefined) write(flags.html, cardPage(cards))
  const unseen = cards.filter(({rows}) => rows.some(({cut}) => !cut.verified))
  for (const card of unseen) err(`${nameOf(card)}: not every cut was seen by a probe.\n`)
  return unseen.length === 0 ? EXIT.pass : EXIT.inconclusive
}

function write(file: string, page: string): void {
  try {
    writeFileSync(file, page)
  } catch (error) {
    throw new EnvironmentError(`Cannot write the page: ${messageOf(error)}.`, [`--html ${file}`])
  }
}
