/** `chaos ci`: does a campaign, says a line about each run, and sums up for people, JUnit and GitHub. */
import {relative} from 'node:path'
import {calendarDate} from '../../../core/clock.ts'
import {EXIT, type ExitCode} from '../../../core/error.ts'
import {createRandom} from '../../../core/random.ts'
import {campaign, refuseBudget} from '../../../runner/campaign/campaign.ts'
import type {CompletedJob, Job} from '../../../runner/campaign/job.ts'
import {leastRecentFirst, readMemory} from '../../../runner/campaign/kept-seeds.ts'
import {learn} from '../../../runner/campaign/learn.ts'
import {perform, requestOf} from '../../../runner/campaign/perform.ts'
import {campaignExitCode, missedCanaries} from '../../../runner/campaign/result.ts'
import {resolveRun} from '../../../runner/settings/resolve.ts'
import {jobLine, planLine, totalLines} from '../../output/campaign-lines.ts'
import {programWords} from '../../output/program.ts'
import {writeReport} from '../../output/report-page.ts'
import {annotateCampaign, ProgressFiles} from '../../reporters/campaign.ts'
import {toJson} from '../../reporters/json.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'
import type {CampaignSettings} from '../../settings/campaign-settings.ts'
import {findTarget} from '../../settings/catalogue.ts'
import type {LoadedConfig} from '../../settings/config.ts'
import {configLayer} from '../../settings/layers.ts'
import {freshSeed} from '../../settings/seed.ts'

/** Resolves to the exit code of the whole campaign. */
export async function runCampaign(
  settings: CampaignSettings,
  loaded: LoadedConfig,
  context: ReporterContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const {clock, out, err, style} = context
  const memory = readMemory(settings.seedsFile)
  const say = settings.json ? err : out
  const request = {
    ...settings,
    cells: leastRecentFirst(settings.cells, memory),
    canaries: leastRecentFirst(settings.canaries, memory),
    kept: memory.seeds,
    random: createRandom(settings.seed),
    clock,
    signal,
  }
  refuseBudget(request)
  say(`${planLine(request, settings.seed)}\n`)
  const written = new ProgressFiles(settings.junitFile, context)
  const {completed, notReached} = await campaign(request, async (job, until) => {
    const ended = await performHere(job, settings, loaded, context, until)
    say(`${jobLine(ended, style)}\n`)
    written.add(ended)
    await learn(settings.seedsFile, ended, clock, calendarDate())
    return ended
  })
  const missed = missedCanaries(completed)
  const judged = campaignExitCode(completed, missed)
  const incomplete = settings.requireAll && notReached.length > 0 && judged === EXIT.pass
  const exitCode = incomplete ? EXIT.inconclusive : judged
  if (context.env['GITHUB_ACTIONS'] === 'true') annotateCampaign(completed, missed, context)
  if (settings.json) {
    const document = {schema: 'chaos.campaign/1', exitCode, missedCanaries: missed, notReached, runs: completed}
    out(`${toJson(document, 2)}\n`)
  } else out(`\n${totalLines(completed, missed, notReached, style).join('\n')}\n`)
  return exitCode
}

/** In this process, with paths as they are seen from here. */
async function performHere(
  job: Job,
  settings: CampaignSettings,
  loaded: LoadedConfig,
  {clock}: ReporterContext,
  signal: AbortSignal,
): Promise<CompletedJob> {
  const {layer, bugs, thresholds} = requestOf(job, settings)
  const options = await resolveRun({
    layers: [layer, configLayer(loaded)],
    bugs,
    targetArgs: [],
    thresholds,
    freshSeed: freshSeed(),
    program: programWords(),
    plugins: loaded.plugins,
    findTarget: (name) => findTarget(name, loaded, process.cwd()),
  })
  const ended = await perform(job, options, {clock, signal, judged: writeReport})
  const {directory} = ended
  return directory === undefined ? ended : {...ended, directory: relative(process.cwd(), directory)}
}
