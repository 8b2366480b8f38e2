/** `chaos ci`: does a campaign, says a line about each run, and sums up for people, JUnit and GitHub. */
import {relative} from 'node:path'
import type {ExitCode} from '../../../core/error.ts'
import {createRandom} from '../../../core/random.ts'
import {campaign} from '../../../runner/campaign/campaign.ts'
import {type CompletedJob, foundViolation, type Job} from '../../../runner/campaign/job.ts'
import {afterRun, readKeptSeeds, writeKeptSeeds} from '../../../runner/campaign/kept-seeds.ts'
import {perform, requestOf} from '../../../runner/campaign/perform.ts'
import {campaignExitCode, isCanary, missedCanaries} from '../../../runner/campaign/result.ts'
import {resolveRun} from '../../../runner/settings/resolve.ts'
import {writeWhole} from '../../../runner/store.ts'
import {jobLine, totalLines} from '../../output/campaign-lines.ts'
import {programWords} from '../../output/program.ts'
import {writeReport} from '../../output/report-page.ts'
import {announceCampaign, campaignSuites} from '../../reporters/campaign.ts'
import {toJson} from '../../reporters/json.ts'
import {junitXml} from '../../reporters/junit.ts'
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
  let kept = readKeptSeeds(settings.seedsFile)
  const completed: CompletedJob[] = []
  const say = settings.json ? err : out
  say(`chaos ci · ${settings.cells.length} cells · ${settings.canaries.length} canaries · seed ${settings.seed}\n`)
  await campaign(
    {
      cells: settings.cells,
      canaries: settings.canaries,
      kept,
      budgetMs: settings.budgetMs,
      random: createRandom(settings.seed),
      clock,
      bail: settings.bail,
      environmentRetries: settings.environmentRetries,
      signal,
    },
    async (job) => {
      const ended = await performHere(job, settings, loaded, context, signal)
      completed.push(ended)
      say(`${jobLine(ended, style)}\n`)
      if (!isCanary(job) && ended.outcome !== 'interrupted' && ended.outcome !== 'environment') {
        const {target, workload, faults, seed} = job
        const {sentence, tookMs} = ended
        kept = afterRun(kept, {target, workload, faults, seed, sentence, tookMs}, foundViolation(ended))
        writeKeptSeeds(settings.seedsFile, kept)
      }
      return ended.outcome
    },
  )
  const missed = missedCanaries(completed)
  const exitCode = campaignExitCode(completed, missed)
  if (settings.junitFile !== undefined) writeWhole(settings.junitFile, junitXml(campaignSuites(completed)))
  if (context.env['GITHUB_ACTIONS'] === 'true') announceCampaign(completed, missed, context)
  if (settings.json) {
    out(`${toJson({schema: 'chaos.campaign/1', exitCode, missedCanaries: missed, runs: completed}, 2)}\n`)
  } else out(`\n${totalLines(completed, missed, style).join('\n')}\n`)
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
    findTarget: (name) => findTarget(name, loaded, process.cwd()),
  })
  const ended = await perform(job, options, {clock, signal, judged: writeReport})
  const {directory} = ended
  return directory === undefined ? ended : {...ended, directory: relative(process.cwd(), directory)}
}
