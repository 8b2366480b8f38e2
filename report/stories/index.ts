/**
 * Pictures of what went wrong between transactions, one for each anomaly that has one: made here, where the whole history
 * is at hand, so that the page only has to draw. What a checker says of an anomaly (`Anomaly.detail`) decides what can be
 * drawn; nothing here judges.
 */
import type {Judgement} from '../../core/verdict.ts'
import {consistencyOf} from '../../core/verdict-detail.ts'
import {type Story, storyId} from '../payload.ts'
import type {Row} from '../tabulate.ts'
import {cycleStory} from './cycle.ts'
import {singleStory} from './single.ts'
import {Source} from './source.ts'

/** The stories of the anomalies that are `shown`, told from `whole`, whose data nothing was left out of. */
export function storiesOf(shown: Judgement, whole: Judgement, rows: readonly Row[]): Record<string, Story> {
  const source = new Source(rows)
  const stories: Record<string, Story> = {}
  for (const [at, verdict] of shown.verdicts.entries()) {
    const full = whole.verdicts[at]!
    const speaksOfModels = consistencyOf(full) !== undefined
    for (const place of verdict.anomalies.keys()) {
      const anomaly = full.anomalies[place]!
      const story = cycleStory(anomaly) ?? (speaksOfModels ? singleStory(anomaly, source) : undefined)
      if (story !== undefined) stories[storyId(at, place)] = story
    }
  }
  return stories
}
