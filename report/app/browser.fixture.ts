/** Reports opened in a real browser from a file, as a user opens them: what every browser test of the page needs. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Browser, BrowserContextOptions, Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, describe, expect} from 'vitest'
import {type ReportInput, renderReport} from '../index.ts'
import {buildApp} from './build.mjs'
import {complaintsOf, findChromium, launch, SKIP_REASON} from './chromium.fixture.ts'

export interface OpenOptions extends BrowserContextOptions {
  /** Called before the page loads anything. */
  readonly prepare?: (page: Page) => Promise<void>
}

export interface Reports {
  /** Opens one of the reports in a fresh context, and waits until its app runs. */
  open(name: string, hash?: string, options?: OpenOptions): Promise<Page>
  /** The page that was opened last. */
  readonly page: Page
  /** Closes it, and fails when it complained of anything. */
  close(): Promise<void>
  textOf(selector: string): Promise<string>
  /** The share of a canvas that is painted, 0 to 1. */
  inkIn(selector: string): Promise<number>
}

/** Describes tests of these reports; skipped, and saying so, where there is no browser. */
export function describeInBrowser(
  title: string,
  inputs: Record<string, () => ReportInput>,
  tests: (reports: Reports) => void,
) {
  const executable = findChromium()
  if (executable === undefined) console.warn(`SKIPPED ${title}: ${SKIP_REASON}`)
  describe.skipIf(executable === undefined)(title, () => {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-report-'))
    let browser: Browser
    let page: Page | undefined
    let complaints: string[] = []

    beforeAll(async () => {
      browser = await launch(executable as string)
      const app = await buildApp()
      for (const [name, input] of Object.entries(inputs)) {
        writeFileSync(join(directory, `${name}.html`), renderReport(input(), {app}))
      }
    })
    afterAll(async () => {
      await browser?.close()
      rmSync(directory, {recursive: true, force: true})
    })
    afterEach(() => reports.close())

    const reports: Reports = {
      async open(name, hash = '', {prepare, ...options} = {}) {
        await reports.close()
        const context = await browser.newContext({viewport: {width: 1280, height: 800}, ...options})
        page = await context.newPage()
        complaints = complaintsOf(page)
        await prepare?.(page)
        await page.goto(`${pathToFileURL(join(directory, `${name}.html`))}${hash}`)
        if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]')
        return page
      },
      get page() {
        return page as Page
      },
      async close() {
        await page?.context().close()
        page = undefined
        expect(complaints).toEqual([])
      },
      textOf: (selector) => reports.page.locator(selector).first().innerText(),
      inkIn: (selector) =>
        reports.page
          .locator(selector)
          .first()
          .evaluate((element) => {
            const canvas = element as HTMLCanvasElement
            const {data} = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
            let painted = 0
            for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) painted++
            return painted / (data.length / 4)
          }),
    }
    tests(reports)
  })
}

/** The fixtures' usual size. */
export const SHAPE = {operations: 3000, seconds: 30}
