/** `chaos check` for one history, in full, or for several, a line each. The exit code is the worst. */
import type {Broken} from '../../../core/checker.ts'
import {EXIT, type ExitCode} from '../../../core/error.ts'
import {showValue} from '../../../core/value.ts'
import type {PluginCatalogue} from '../../../runner/catalogue.ts'
import {createCheckPool} from '../../../runner/judging/check-pool.ts'
import {toJson} from '../../reporters/json.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import {checkMany} from './check-many.ts'
import {type CheckRequest, checkOne, documentOf, storyOf} from './check-one.ts'

/** From the worst to the best; see `core/verdict.ts`. */
const SEVERITY: readonly ExitCode[] = [
  EXIT.bug,
  EXIT.violation,
  EXIT.environment,
  EXIT.liveness,
  EXIT.usage,
  EXIT.inconclusive,
  EXIT.pass,
]

/** Judges each; resolves to the worst exit code. One of several that cannot be read does not keep the others from it. */
export async function checkAll(
  names: readonly string[],
  request: CheckRequest,
  context: ReporterContext,
  plugins?: PluginCatalogue,
): Promise<ExitCode> {
  const [only] = names
  if (names.length === 1 && only !== undefined) return checkAlone(only, request, context, plugins)
  const documents: string[] = []
  const codes = new Set<ExitCode>()
  for await (const {line, document, exitCode} of checkMany(names, request, context.style, plugins)) {
    codes.add(exitCode)
    if (request.json) documents.push(document)
    else context.out(`${line}\n`)
  }
  if (request.json) context.out(`[${documents.join(',\n')}]\n`)
  return SEVERITY.find((code) => codes.has(code)) ?? EXIT.bug
}

/** Smaller records are judged before one has read that a key is broken. */
const LARGE_OPS = 100_000

/** Keys are checked on all cores. The first that is broken is told at once: of a large record the others may take a while. */
async function checkAlone(
  name: string,
  request: CheckRequest,
  context: ReporterContext,
  plugins?: PluginCatalogue,
): Promise<ExitCode> {
  const pool = createCheckPool()
  try {
    const onBroken = ({key, keys, ops}: Broken) => {
      if (request.judging.failFast === true || ops < LARGE_OPS) return
      context.err(`key ${showValue(key)} is broken; the other ${keys - 1} are being judged (--fail-fast stops here)\n`)
    }
    const checked = await checkOne(name, request, {parallel: pool, onBroken}, plugins)
    const text = request.json ? toJson(documentOf(checked), 2) : storyOf(checked, context.style).join('\n')
    context.out(`${text}\n`)
    return checked.exitCode
  } finally {
    await pool.close()
  }
}
