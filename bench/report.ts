/**
 * The report's budgets, measured in a real browser: how long a page takes to build and to paint, its longest task while it
 * opens and while it is panned, zoomed and leafed through, and how large it is. Exits 1 when a budget is missed.
 *
 * Once with a run of registers under faults, once with transactions (list-append) and their anomaly.
 *
 *     npx tsx bench/report.ts [operations …]        default 20000 100000 1000000
 */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Browser} from 'playwright-core'
import {implies, MODELS} from '../checkers/elle/models.ts'
import {listAppend} from '../checkers/library.ts'
import {wallClock} from '../core/clock.ts'
import {judge} from '../core/verdict.ts'
import {buildApp} from '../report/app/build.mjs'
import {findChromium, firstPaint, launch, SKIP_REASON, watchTasks} from '../report/app/chromium.fixture.ts'
import {type ReportInput, renderReport} from '../report/index.ts'
import {failRun} from '../report/runs.fixture.ts'
import {HARD_LIMIT_BYTES} from '../report/thinning.ts'
import {benchHistory} from './elle-history.ts'

const ROUNDS = 5
const BUDGET = {operations: 100_000, firstPaintMs: 1500, longestTaskMs: 200, scriptBytes: 150_000}

interface Opened {
  readonly firstPaintMs: number
  readonly openTaskMs: number
  readonly useTaskMs: number
}

async function main(sizes: readonly number[]): Promise<void> {
  const executable = findChromium()
  if (executable === undefined) {
    console.log(`skipped: ${SKIP_REASON}`)
    return
  }
  const app = await buildApp()
  console.log(`app: script ${kilobytes(app.script.length)}, style ${kilobytes(app.style.length)}`)
  if (app.script.length > BUDGET.scriptBytes) missed(`the script is larger than ${kilobytes(BUDGET.scriptBytes)}`)
  const directory = mkdtempSync(join(tmpdir(), 'chaos-bench-report-'))
  const browser = await launch(executable)
  const clock = wallClock()
  try {
    for (const [kind, operations] of sizes.flatMap((size) => [
      ['operations', size] as const,
      ['transactions', size] as const,
    ])) {
      const input = kind === 'operations' ? registers(operations) : await transactions(operations)
      const fromNs = clock.nowNs()
      const html = renderReport(input, {app})
      const buildMs = (clock.nowNs() - fromNs) / 1e6
      const file = join(directory, `${operations}.html`)
      writeFileSync(file, html)
      const rounds: Opened[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await open(browser, file, kind))
      const paint = spread(rounds.map((round) => round.firstPaintMs))
      const openTask = spread(rounds.map((round) => round.openTaskMs))
      const useTask = spread(rounds.map((round) => round.useTaskMs))
      console.log(
        `${operations} ${kind}: page ${kilobytes(html.length)}, built in ${buildMs.toFixed(0)} ms, first paint ${paint.text}, ` +
          `longest task opening ${openTask.text}, using ${useTask.text}`,
      )
      if (html.length > HARD_LIMIT_BYTES) missed('the page is over its hard limit')
      if (operations > BUDGET.operations) continue
      if (paint.best > BUDGET.firstPaintMs) missed(`first paint later than ${BUDGET.firstPaintMs} ms`)
      if (Math.max(openTask.best, useTask.best) > BUDGET.longestTaskMs)
        missed(`a task longer than ${BUDGET.longestTaskMs} ms`)
    }
  } finally {
    await browser.close()
    rmSync(directory, {recursive: true, force: true})
  }
}

type Kind = 'operations' | 'transactions'

function registers(operations: number): ReportInput {
  return failRun({operations, seconds: Math.max(30, operations / 1000)})
}

/** A history without a run, as `chaos report` has it, judged. */
async function transactions(count: number): Promise<ReportInput> {
  const shape = {
    workload: 'list-append',
    transactions: count,
    clients: 20,
    planted: 'G-single',
    seed: 'report',
  } as const
  const history = benchHistory(shape)
  const verdict = await listAppend().check(history)
  const weaker = Object.fromEntries(MODELS.map((model) => [model, MODELS.filter((other) => implies(model, other))]))
  const run = {id: 'list-append.edn'}
  return {run, ops: [...history.ops], judgement: judge([verdict], ''), faults: [], events: [], logs: [], weaker}
}

/** Opens the page where it is worst, then does what a reader does: zoom, pan, search, every tab. */
async function open(browser: Browser, file: string, kind: Kind): Promise<Opened> {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}})
  try {
    const page = await context.newPage()
    const longestTask = await watchTasks(page)
    await page.goto(`${pathToFileURL(file)}${kind === 'operations' ? '#tab=timeline' : ''}`)
    await page.waitForSelector('html[data-ready]')
    await page
      .locator(kind === 'operations' ? '.stage canvas' : '.graph')
      .first()
      .waitFor()
    const firstPaintMs = await firstPaint(page)
    const openTaskMs = await longestTask()
    if (kind === 'transactions') await page.keyboard.press('2')
    await page.mouse.move(700, 500)
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -200)
    await page.mouse.down()
    await page.mouse.move(900, 520, {steps: 10})
    await page.mouse.up()
    for (let i = 0; i < 14; i++) await page.mouse.wheel(0, 200)
    for (const key of ['3', '4', '5', '6', '2']) await page.keyboard.press(key)
    await page.keyboard.press('/')
    await page.locator('.search input').fill('x3 write')
    return {firstPaintMs, openTaskMs, useTaskMs: await longestTask()}
  } finally {
    await context.close()
  }
}

/** Budgets are held against the best of several rounds: what else runs on the machine only ever adds. */
function spread(values: readonly number[]): {best: number; text: string} {
  const sorted = [...values].sort((left, right) => left - right)
  const [best, median] = [sorted[0] as number, sorted[sorted.length >> 1] as number]
  return {best, text: `${median.toFixed(0)} ms (best ${best.toFixed(0)})`}
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`
}

function missed(what: string): void {
  console.log(`BUDGET MISSED: ${what}`)
  process.exitCode = 1
}

const asked = process.argv.slice(2).map(Number)
await main(asked.length > 0 ? asked : [20_000, 100_000, 1_000_000])
