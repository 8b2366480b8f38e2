/**
 * Many histories on all cores, a thread each, printed in the order in which they were given. Few small ones are not worth
 * starting threads for. A thread that runs out of memory takes only its own history with it.
 */
import {statSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {EXIT, type ExitCode, messageOf} from '../../../core/error.ts'
import type {PluginCatalogue} from '../../../runner/catalogue.ts'
import {locate} from '../../../runner/judging/load.ts'
import {OutOfMemory, threadPool} from '../../../runner/threads.ts'
import type {Style} from '../../output/style.ts'
import {toJson} from '../../reporters/json.ts'
import {type CheckRequest, checkTolerantly, documentOf, lineOf} from './check-one.ts'

/** What is left of a history after it was judged: text, so that it can cross threads. */
export interface JudgedText {
  readonly line: string
  /** JSON. */
  readonly document: string
  readonly exitCode: ExitCode
}

/** What a thread is told with each history. */
export interface ThreadSettings {
  readonly request: CheckRequest
  readonly color: boolean
}

/** Together fewer bytes than this are read and judged before a thread has started. */
const WORTH_THREADS_BYTES = 4_000_000

/** Judges each, here or in threads. */
export async function* checkMany(
  names: readonly string[],
  request: CheckRequest,
  style: Style,
  plugins?: PluginCatalogue,
): AsyncGenerator<JudgedText, void, undefined> {
  // Plug-ins are functions, which cannot be sent to threads.
  const threads = plugins === undefined ? Math.min(availableParallelism(), names.length) : 1
  if (threads === 1 || names.includes('-') || bytesOf(names) < WORTH_THREADS_BYTES) {
    for (const name of names) yield judgeToText(name, request, style, plugins)
    return
  }
  yield* inThreads(names, {request, color: style.color}, threads)
}

/** Judges one, as text. */
export async function judgeToText(
  name: string,
  request: CheckRequest,
  style: Style,
  plugins?: PluginCatalogue,
): Promise<JudgedText> {
  const checked = await checkTolerantly(name, request, plugins)
  return {line: lineOf(checked, style), document: toJson(documentOf(checked), 2), exitCode: checked.exitCode}
}

function bytesOf(names: readonly string[]): number {
  let bytes = 0
  for (const name of names) {
    try {
      bytes += statSync(locate(name).file).size
    } catch {
      // Whoever reads it will say what is wrong with it.
    }
  }
  return bytes
}

async function* inThreads(
  names: readonly string[],
  settings: ThreadSettings,
  threads: number,
): AsyncGenerator<JudgedText, void, undefined> {
  const pool = threadPool(import.meta.url, 'check-thread', {threads})
  const judging = names.map((name) =>
    (pool.run({...settings, name}) as Promise<JudgedText>).catch((died: unknown) => lost(name, died)),
  )
  try {
    for (const judged of judging) yield await judged
  } finally {
    await pool.destroy()
  }
}

function lost(name: string, error: unknown): JudgedText {
  const outOfMemory = error instanceof OutOfMemory
  const exitCode = outOfMemory ? EXIT.inconclusive : EXIT.bug
  const problem = outOfMemory ? 'ran out of memory; check it alone' : messageOf(error)
  const document = {
    schema: 'chaos.check/1',
    history: name,
    exitCode,
    verdict: outOfMemory ? 'unknown' : null,
    problem: [problem],
  }
  return {line: `! ${name}  ${problem}`, document: toJson(document, 2), exitCode}
}
