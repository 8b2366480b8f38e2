/**
 * A long history in a real browser: the page is there at once, no task of it keeps its reader waiting, and only what is in sight
 * exists. bench/report.ts holds a million operations and a hundred thousand transactions to the exact limits (1 s, 100 ms);
 * here they only must not be missed by far on a busy machine.
 */
import type {Page} from 'playwright-core'
import {expect, test} from 'vitest'
import type {Op} from '../../core/op.ts'
import {failRun} from '../runs.fixture.ts'
import {describeInBrowser} from './browser.fixture.ts'
import {firstPaint} from './chromium.fixture.ts'
import {longestTasks, TRACED} from './trace.fixture.ts'

const OPERATIONS = 100_000
const TASK_LIMIT_MS = 200
const PAINT_LIMIT_MS = 5000
/** Tasks are held to their processor time, to which a busy machine still adds: one quiet try is enough. */
const TRIES = 3
const USING = 'test-using'

/** What the page has a row for. */
let invoked: readonly Op[] = []

describeInBrowser(
  'a long history in a browser',
  {
    long() {
      const run = failRun({operations: OPERATIONS, seconds: 120})
      invoked = run.ops.filter(({type, process}) => type === 'invoke' && typeof process === 'number')
      return run
    },
  },
  (reports) => {
    const elements = () => reports.page.locator('*').count()
    const painted = () => reports.page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')

    /** Zooms, drags, leafs through the tabs, scrolls the table and searches it. */
    async function use({mouse, keyboard}: Page): Promise<void> {
      const stage = (await reports.page.locator('.stage').boundingBox())!
      await mouse.move(stage.x + 600, stage.y + 200)
      for (let i = 0; i < 8; i++) await mouse.wheel(0, -200)
      await mouse.down()
      await mouse.move(stage.x + 800, stage.y + 200, {steps: 5})
      await mouse.up()
      for (let i = 0; i < 8; i++) await mouse.wheel(0, 200)
      for (const key of ['3', '4', '5', '6', '2']) {
        await keyboard.press(key)
        await painted()
      }
      await reports.page.getByRole('button', {name: 'Table'}).click()
      await mouse.move(stage.x + 600, stage.y + 200)
      for (let i = 0; i < 10; i++) await mouse.wheel(0, 3000)
      await reports.page.locator('.search input').fill('x3 write')
      await reports.page.locator('.search .count').waitFor()
      await painted()
    }

    test('no task takes longer than a reader notices, neither when it opens nor when it is used', async () => {
      const seen: string[] = []
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const page = await reports.open('long', '#tab=timeline', {
          prepare: (fresh) => fresh.context().browser()!.startTracing(fresh, {categories: TRACED}),
        })
        await expect.poll(() => reports.inkIn('.stage canvas'), {timeout: 20_000}).toBeGreaterThan(0.2)
        const paintMs = await firstPaint(page)
        await page.evaluate(`performance.mark('${USING}')`)
        await use(page)
        const {opening, using} = longestTasks(await page.context().browser()!.stopTracing(), USING)
        const longest = Math.max(opening.processorMs, using.processorMs)
        if (longest < TASK_LIMIT_MS && paintMs < PAINT_LIMIT_MS) return
        seen.push(
          `first paint ${paintMs.toFixed()} ms, opening ${opening.processorMs} ms, using ${using.processorMs} ms`,
        )
      }
      expect.fail(
        `longest tasks: ${seen.join('; ')}; wanted: below ${TASK_LIMIT_MS} ms, painted within ${PAINT_LIMIT_MS} ms`,
      )
    })

    test('the table has every operation and only the rows in sight', async () => {
      await reports.open('long', '#tab=timeline')
      const before = await elements()
      await reports.page.getByRole('button', {name: 'Table'}).click()
      const rows = reports.page.locator('.operation:not(.head)')
      await rows.first().waitFor()
      const told = await reports.page.locator('.operations').getAttribute('aria-rowcount')
      expect(Number(told)).toBe(invoked.length)
      expect(await rows.count()).toBeLessThan(100)
      expect((await elements()) - before).toBeLessThan(2500)
      await reports.page.locator('.virtual').evaluate((list) => {
        list.scrollTop = list.scrollHeight
      })
      await expect.poll(async () => numberIn(await rows.last().innerText())).toBe(invoked.at(-1)!.index)
      expect(await rows.count()).toBeLessThan(100)
    })
  },
)

/** The index of the op that a row begins with. */
function numberIn(row: string): number {
  return Number(/#(\d+)/.exec(row)?.[1])
}
