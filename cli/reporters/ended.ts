/** How a run ended, in words and as a document. */
import {EXIT} from '../../core/error.ts'
import {stoppedWords} from '../../runner/stopped.ts'
import type {Ending} from './reporter.ts'

/** The verdict, where it was found, and how to see it again: a few lines at most. */
export function describeEnding({result, directory, reportFile}: Ending): string[] {
  const {judgement, facts, ended} = result
  if (judgement === undefined) return [`ENDED ${ended?.message ?? 'early'}`, `history: ${directory}/history.jsonl`]
  const word = judgement.validity === 'valid' ? 'PASS' : judgement.validity === 'invalid' ? 'FAIL' : 'UNKNOWN'
  return [
    `${word} ${judgement.sentence}`,
    ...(facts.stopped === undefined ? [] : [stoppedWords(facts.stopped)]),
    ...(reportFile === undefined ? [] : [`report: ${reportFile}`]),
    ...(judgement.validity === 'valid' ? [] : [`reproduce: ${facts.command}`]),
  ]
}

/** The schema of the document that `--json` prints. */
export const RESULT_SCHEMA = 'chaos.result/1'

/** The whole result as one JSON-able document. */
export function resultDocument({result, exitCode, directory, reportFile}: Ending): Record<string, unknown> {
  const {facts, judgement, ended, history} = result
  return {
    schema: RESULT_SCHEMA,
    exitCode,
    exit: Object.entries(EXIT).find(([, code]) => code === exitCode)?.[0],
    verdict: judgement?.validity ?? null,
    sentence: judgement?.sentence ?? ended?.message ?? null,
    run: {...facts, directory, report: reportFile ?? null},
    operations: history.operations.length,
    faults: history.faults.map(({fault, description, startNs, endNs, verified, proof}) => ({
      fault,
      description,
      startMs: startNs / 1e6,
      endMs: Number.isFinite(endNs) ? endNs / 1e6 : null,
      verified,
      proof,
    })),
    verdicts: judgement?.verdicts ?? [],
  }
}
