/** Every view at the widths of telephones, tablets and screens, light and dark: nothing overflows, nothing is cut off. */
import {expect, test} from 'vitest'
import type {ReportInput} from '../input.ts'
import {cycleRun, hostileRun} from '../odd-runs.fixture.ts'
import {failRun, passRun, unknownRun} from '../runs.fixture.ts'
import {describeInBrowser, SHAPE} from './browser.fixture.ts'
import {misfitsOf} from './fit.fixture.ts'

const WIDTHS = [360, 500, 768, 1280, 1920]

/** The same, and what is written below the last operation is long. */
function wordyRun(): ReportInput {
  const input = failRun(SHAPE)
  const states = ['70000001', '90000001', '11000002']
  const verdicts = input.judgement.verdicts.map((verdict) => ({
    ...verdict,
    anomalies: verdict.anomalies.map((anomaly) =>
      anomaly.counterexample === undefined
        ? anomaly
        : {...anomaly, counterexample: {...anomaly.counterexample, states}},
    ),
  }))
  return {...input, judgement: {...input.judgement, verdicts}}
}

const PAGES = {
  fail: () => failRun(SHAPE),
  wordy: wordyRun,
  pass: () => passRun(SHAPE),
  unknown: () => unknownRun(SHAPE),
  cycle: cycleRun,
  hostile: hostileRun,
}

describeInBrowser('layout in a browser', PAGES, (reports) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.each(Object.keys(PAGES))(`${colorScheme}: %s fits every width`, async (name) => {
      const page = await reports.open(name, '', {colorScheme, reducedMotion: 'reduce'})
      for (const width of WIDTHS) {
        await page.setViewportSize({width, height: 900})
        for (const tab of await page.getByRole('tab').all()) {
          await tab.click()
          expect([name, width, await tab.innerText(), ...(await misfitsOf(page))]).toEqual([
            name,
            width,
            await tab.innerText(),
          ])
        }
      }
    })
  }

  test('the probe finds what does not fit', async () => {
    const page = await reports.open('fail', '', {viewport: {width: 500, height: 800}})
    await page.locator('#app h1').evaluate((heading) => {
      heading.style.whiteSpace = 'nowrap'
      heading.style.overflow = 'hidden'
    })
    await page.locator('.lead-up-rows').evaluate((rows) => {
      rows.style.width = '900px'
    })
    const misfits = await misfitsOf(page)
    expect(misfits.join('\n')).toMatch(/past the edge: div.lead-up-rows/)
    expect(misfits.join('\n')).toMatch(/cut off: h1/)
  })

  test('a heading squeezed to a letter a line is found', async () => {
    const page = await reports.open('fail', '', {viewport: {width: 500, height: 800}})
    await page.locator('#app h1').evaluate((heading) => {
      heading.style.width = '12px'
    })
    expect((await misfitsOf(page)).join()).toContain('squeezed: h1')
  })

  test.each([340, 360, 420])(
    'what no order explains is in sight on a narrow screen, with what is written below it: %i px',
    async (width) => {
      const page = await reports.open('fail', '', {viewport: {width, height: 760}})
      const frame = (await page.locator('.diagram-scroll').first().boundingBox())!
      for (const part of ['path', 'text']) {
        for (const each of await page.locator(`.bar.impossible ${part}`).all()) {
          const box = (await each.boundingBox())!
          expect(box.x).toBeGreaterThanOrEqual(frame.x)
          expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width)
        }
      }
    },
  )

  test('details come up from below where there is no room beside', async () => {
    const page = await reports.open('fail', '', {viewport: {width: 360, height: 760}})
    await page.locator('.argument .op-link').first().click()
    const panel = (await page.locator('.panel').boundingBox())!
    expect([panel.x, panel.width]).toEqual([0, 360])
    expect(panel.y + panel.height).toBeCloseTo(760, 0)
    expect(await misfitsOf(page)).toEqual([])
  })
})
