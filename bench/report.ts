/**
 * The report's budgets, measured in a real browser: when a page first paints and when it is complete, the longest task of
 * its main thread while it opens and while it is zoomed, dragged, scrolled, searched and leafed through, and its size.
 * Exits 1 when a budget is missed.
 *
 * Tasks are held to their processor time: what else runs on the machine adds to the clock's time, which is told beside it.
 *
 * Once with a run of registers under faults, once with transactions (list-append) and their anomaly.
 *
 *     npx tsx bench/report.ts [operations …]        default 100000 1000000, and a tenth as many transactions
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
import {findChromium, firstPaint, launch, SKIP_REASON} from '../report/app/chromium.fixture.ts'
import {longestTasks, type TaskTimes, TRACED} from '../report/app/trace.fixture.ts'
import {type ReportInput, renderReport} from '../report/index.ts'
import {failRun} from '../report/runs.fixture.ts'
import {HARD_LIMIT_BYTES} from '../report/thinning.ts'
import {benchHistory} from './elle-history.ts'

const ROUNDS = 3
/** At a million operations and at a hundred thousand transactions. */
const BUDGET = {firstPaintMs: 1000, longestTaskMs: 100, scriptBytes: 150_000}

interface Opened {
  readonly firstPaintMs: number
  readonly completeMs: number
  readonly opening: TaskTimes
  readonly using: TaskTimes
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
    for (const [kind, count] of sizes.flatMap((size) => [
      ['operations', size] as const,
      ['transactions', size / 10] as const,
    ])) {
      const input = kind === 'operations' ? registers(count) : await transactions(count)
      const fromNs = clock.nowNs()
      const html = renderReport(input, {app})
      const buildMs = (clock.nowNs() - fromNs) / 1e6
      const file = join(directory, `${kind}-${count}.html`)
      writeFileSync(file, html)
      const rounds: Opened[] = []
      for (let round = 0; round < ROUNDS; round++) rounds.push(await open(browser, file, kind))
      const best = (pick: (round: Opened) => number) => Math.min(...rounds.map(pick))
      const paintMs = best((round) => round.firstPaintMs)
      const openMs = best((round) => round.opening.processorMs)
      const useMs = best((round) => round.using.processorMs)
      console.log(
        `${count} ${kind}: page ${kilobytes(html.length)}, built in ${buildMs.toFixed(0)} ms; best of ${ROUNDS}: first paint ${paintMs.toFixed(0)} ms, ` +
          `complete ${best((round) => round.completeMs).toFixed(0)} ms; longest task opening ${openMs.toFixed(0)} ms of the processor ` +
          `(${best((round) => round.opening.wallMs).toFixed(0)} by the clock), using ${useMs.toFixed(0)} ms (${best((round) => round.using.wallMs).toFixed(0)})`,
      )
      if (html.length > HARD_LIMIT_BYTES) missed('the page is over its hard limit')
      if (paintMs > BUDGET.firstPaintMs) missed(`first paint later than ${BUDGET.firstPaintMs} ms`)
      if (Math.max(openMs, useMs) > BUDGET.longestTaskMs) missed(`a task longer than ${BUDGET.longestTaskMs} ms`)
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

/** Opens the page where it is worst, then does what a reader does: zoom, drag, every tab, the table, a search. */
async function open(browser: Browser, file: string, kind: Kind): Promise<Opened> {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}})
  try {
    const page = await context.newPage()
    await browser.startTracing(page, {categories: TRACED})
    await page.goto(`${pathToFileURL(file)}${kind === 'operations' ? '#tab=timeline' : ''}`)
    await page.waitForSelector('html[data-ready]')
    await page
      .locator(kind === 'operations' ? '.stage canvas' : '.graph')
      .first()
      .waitFor()
    const completeMs = await page.evaluate<number>(AFTER_NEXT_FRAME)
    const firstPaintMs = await firstPaint(page)
    await page.evaluate(`performance.mark('${USING}')`)
    if (kind === 'transactions') await page.keyboard.press('2')
    await page.mouse.move(700, 500)
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -200)
    await page.mouse.down()
    await page.mouse.move(900, 520, {steps: 10})
    await page.mouse.up()
    for (let i = 0; i < 14; i++) await page.mouse.wheel(0, 200)
    for (const key of ['3', '4', '5', '6', '2']) {
      await page.keyboard.press(key)
      await page.evaluate(AFTER_NEXT_FRAME)
    }
    if (kind === 'transactions') await page.getByRole('tab', {name: 'Timeline'}).click()
    await page.getByRole('button', {name: 'Table'}).click()
    await page.mouse.move(700, 600)
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 3000)
    await page.getByRole('button', {name: 'Lanes'}).click()
    await page.keyboard.press('/')
    await page.locator('.search input').fill('x3 write')
    await page.locator('.search .count').waitFor()
    await page.evaluate(AFTER_NEXT_FRAME)
    const {opening, using} = longestTasks(await browser.stopTracing(), USING)
    return {firstPaintMs, completeMs, opening, using}
  } finally {
    await context.close()
  }
}

/** Names the moment from which on the page is used. */
const USING = 'bench-using'
const AFTER_NEXT_FRAME =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))'

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`
}

function missed(what: string): void {
  console.log(`BUDGET MISSED: ${what}`)
  process.exitCode = 1
}

const asked = process.argv.slice(2).map(Number)
await main(asked.length > 0 ? asked : [100_000, 1_000_000])
