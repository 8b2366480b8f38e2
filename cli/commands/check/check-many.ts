/**
 * Many histories on all cores, a thread each, printed in the order in which they were given. Few small ones are not worth
 * starting threads for. A thread that runs out of memory takes only its own history with it.
 */
import {statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {availableParallelism} from 'node:os'
import {pathToFileURL} from 'node:url'
import {Worker} from 'node:worker_threads'
import {EXIT, type ExitCode, messageOf} from '../../../core/error.ts'
import {programBeside} from '../../../net/toxiproxy/program.ts'
import type {PluginCatalogue} from '../../../runner/catalogue.ts'
import {locate} from '../../../runner/judging/load.ts'
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

/** What a thread is started with. */
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
  const slots = names.map(() => openSlot())
  let next = 0
  const work = async () => {
    let thread: Worker | undefined
    try {
      while (next < names.length) {
        const at = next++
        thread ??= startThread(settings)
        const answer = await ask(thread, names[at]!)
        if ('died' in answer) thread = undefined
        slots[at]!.resolve('died' in answer ? lost(names[at]!, answer.died) : answer)
      }
    } finally {
      await thread?.terminate()
    }
  }
  const done = Promise.all(Array.from({length: threads}, work))
  // Whatever stops the work stops the waiting for it, too.
  for (const {promise} of slots) yield await Promise.race([promise, done.then(() => promise)])
  await done
}

function openSlot(): {readonly promise: Promise<JudgedText>; resolve(text: JudgedText): void} {
  let resolve: (text: JudgedText) => void = () => {}
  const promise = new Promise<JudgedText>((keep) => {
    resolve = keep
  })
  return {promise, resolve}
}

/** Asks one thread about one history; `died` where that was the end of the thread. */
function ask(thread: Worker, name: string): Promise<JudgedText | {readonly died: unknown}> {
  return new Promise((resolve) => {
    const onMessage = (answer: JudgedText) => {
      thread.off('error', onError)
      resolve(answer)
    }
    const onError = (died: unknown) => {
      thread.off('message', onMessage)
      resolve({died})
    }
    thread.once('message', onMessage)
    thread.once('error', onError)
    thread.postMessage(name)
  })
}

function lost(name: string, error: unknown): JudgedText {
  const outOfMemory = (error as NodeJS.ErrnoException)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
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

/** Built, the program is started as it is; from the sources, tsx has to be loaded inside the thread. */
function startThread(workerData: ThreadSettings): Worker {
  const {path, nodeArguments} = programBeside(import.meta.url, 'check-thread')
  if (nodeArguments.length === 0) return new Worker(path, {workerData})
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const tsx = JSON.stringify(new URL('./esm/api/index.mjs', loader).href)
  const program = JSON.stringify(pathToFileURL(path).href)
  return new Worker(`import(${tsx}).then(({register}) => (register(), import(${program})))`, {eval: true, workerData})
}
