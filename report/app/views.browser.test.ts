/** Timeline, charts, logs and tables in a real browser. */
import {expect, test} from 'vitest'
import {failRun, passRun} from '../runs.fixture.ts'
import {describeInBrowser, SHAPE} from './browser.fixture.ts'
import {AXIS, HEADING, NODE_ROW} from './network/layout.ts'

describeInBrowser(
  'views in a browser',
  {
    fail: () => failRun(SHAPE),
    pass: () => passRun(SHAPE),
    bare: () => ({...passRun(SHAPE), run: {id: 'h.jsonl'}, ops: [], faults: [], events: [], logs: []}),
  },
  (reports) => {
    const {textOf, inkIn} = reports

    test('every tab draws something', async () => {
      await reports.open('fail')
      await reports.page.getByRole('tab', {name: 'Timeline'}).click()
      expect(await inkIn('.stage canvas')).toBeGreaterThan(0.05)
      expect(await inkIn('.minimap canvas')).toBeGreaterThan(0.02)
      await reports.page.getByRole('tab', {name: 'Performance'}).click()
      expect(await inkIn('.scatter canvas')).toBeGreaterThan(0.01)
      expect(await inkIn('.plot canvas')).toBeGreaterThan(0.01)
      await reports.page.getByRole('tab', {name: 'Network'}).click()
      expect(await inkIn('.network canvas')).toBeGreaterThan(0.02)
      await reports.page.getByRole('tab', {name: 'Logs'}).click()
      await reports.page.waitForSelector('.log-line')
      expect(await reports.page.locator('.log-column').count()).toBe(5)
      await reports.page.getByRole('tab', {name: 'Environment'}).click()
      expect(await textOf('.environment')).toContain('chaos replay 20261120-201733-raft-register-8f3a --times 20')
      expect(await textOf('.environment')).toContain('chaos.config.ts')
    })

    test('what can be learnt of an anomaly is called as this program is', async () => {
      await reports.open('fail')
      expect(await textOf('.why')).toContain('npx chaos explain stale-read')
    })

    test('what a node did is told where its mark is', async () => {
      await reports.open('fail', '#tab=network')
      const stage = (await reports.page.locator('.network-stage').boundingBox())!
      // Somebody became leader soon after the start: along the marks of each node, below its line.
      const told: string[] = []
      for (let row = 1; row <= 5; row++) {
        const y = stage.y + AXIS + HEADING + row * NODE_ROW - 4
        for (let x = 114; x < 150; x += 3) {
          await reports.page.mouse.move(stage.x + x, y)
          told.push(...(await reports.page.locator('.network .tip-line').allInnerTexts()))
        }
      }
      expect(told.join('\n')).toMatch(/^0\.2\S* s {1,2}becomes leader of term 2$/m)
    })

    test('a link to an op shows that op', async () => {
      await reports.open('pass', '#op=1000')
      expect(await reports.page.getByRole('tab', {selected: true}).innerText()).toBe('Timeline')
      expect(await textOf('.panel-kind')).toMatch(/Operation #\d+/)
      await reports.page.evaluate(() => (location.hash = '#tab=logs'))
      await reports.page.waitForSelector('.log-line')
    })

    test('the timeline answers wheel, drag, click and brush', async () => {
      await reports.open('fail', '#tab=timeline')
      const stage = (await reports.page.locator('.stage').boundingBox())!
      const middle = {x: stage.x + stage.width / 2, y: stage.y + stage.height / 2}
      const window = () =>
        reports.page.evaluate(() => /from=([\d.]+)&to=([\d.]+)/.exec(location.hash)?.slice(1).map(Number))
      await reports.page.mouse.move(middle.x, middle.y)
      await reports.page.mouse.wheel(0, -800)
      await reports.page.waitForFunction(() => location.hash.includes('from='))
      const zoomed = (await window())!
      await reports.page.mouse.down()
      await reports.page.mouse.move(middle.x + 200, middle.y, {steps: 4})
      await reports.page.mouse.up()
      await reports.page.waitForFunction((from) => !location.hash.includes(`from=${from}&`), zoomed[0])
      expect((await window())![0]).toBeLessThan(zoomed[0]!)
      const overview = (await reports.page.locator('.minimap').boundingBox())!
      await reports.page.mouse.move(overview.x + 1000, overview.y + 25)
      await reports.page.mouse.down()
      await reports.page.mouse.move(overview.x + 1100, overview.y + 25, {steps: 4})
      await reports.page.mouse.up()
      const brushed = (await window())!
      expect(brushed[0]).toBeGreaterThan(15)
      expect(brushed[1]! - brushed[0]!).toBeLessThan(4)
      await reports.page.mouse.move(stage.x + 400, stage.y + 34)
      await reports.page.getByRole('button', {name: 'Fit'}).click()
      await reports.page.mouse.click(stage.x + 275, stage.y + 34)
      expect(await textOf('.panel-kind')).toMatch(/^Fault #/)
    })

    test('the table has the same operations', async () => {
      await reports.open('fail', '#tab=timeline')
      await reports.page.getByRole('button', {name: 'Table'}).click()
      const rows = reports.page.locator('.operation:not(.head)')
      expect(await rows.count()).toBeGreaterThan(10)
      await reports.page.locator('.search input').fill('p204')
      expect(await rows.count()).toBe(1)
      expect(await rows.first().innerText()).toContain('read x3 → 3')
      await rows.first().getByRole('button').click()
      expect(await textOf('.panel h2')).toBe('read x3 → 3')
    })

    test('logs stay at the same moment, and can be filtered', async () => {
      await reports.open('fail', '#tab=logs')
      await reports.page.waitForSelector('.log-line')
      const [left, right] = [reports.page.locator('.log-column').nth(0), reports.page.locator('.log-column').nth(3)]
      await left.hover()
      await reports.page.mouse.wheel(0, 3000)
      const timeOf = async (column: typeof left) =>
        Number(
          await column.locator('.virtual').evaluate((element) => {
            const top = element.getBoundingClientRect().top
            const line = [...element.querySelectorAll('.log-line')].find(
              (each) => each.getBoundingClientRect().top >= top - 1,
            )
            return line?.querySelector('.log-time')?.textContent
          }),
        )
      await expect.poll(async () => Math.abs((await timeOf(left)) - (await timeOf(right)))).toBeLessThan(0.5)
      expect(await timeOf(left)).toBeGreaterThan(3)
      await reports.page.getByLabel('Filter log lines').fill('became leader')
      await expect.poll(() => reports.page.locator('.log-line').count()).toBeLessThan(12)
    })

    test('an empty history is said to be empty', async () => {
      await reports.open('bare', '#tab=timeline')
      expect(await textOf('.stage .empty')).toContain('no client operation')
      await reports.page.getByRole('tab', {name: 'Performance'}).click()
      expect(await textOf('.empty')).toContain('too short for charts: 0 operations')
    })
  },
)
