/** Keyboard, themes, paper, text only, and hostile input: the page for everybody, in a real browser. */
import {expect, test} from 'vitest'
import {cycleRun, hostileRun} from '../odd-runs.fixture.ts'
import {failRun, unknownRun} from '../runs.fixture.ts'
import {describeInBrowser, SHAPE} from './browser.fixture.ts'
import {shortcomingsOf} from './readable.fixture.ts'

describeInBrowser(
  'access in a browser',
  {
    fail: () => failRun(SHAPE),
    unknown: () => unknownRun(SHAPE),
    hostile: hostileRun,
    cycle: cycleRun,
  },
  (reports) => {
    const {textOf} = reports

    test('the keyboard walks lanes, evidence, tabs and windows', async () => {
      await reports.open('fail')
      await reports.page.keyboard.press('2')
      await reports.page.keyboard.press('n')
      const first = await textOf('.panel-kind')
      await reports.page.keyboard.press('n')
      expect(await textOf('.panel-kind')).not.toBe(first)
      const before = await textOf('.panel-kind')
      await reports.page.keyboard.press('ArrowRight')
      expect(await textOf('.panel-kind')).not.toBe(before)
      expect(await reports.page.locator('[aria-live]').innerText()).toMatch(/^Operation \d+, process \d+/)
      await reports.page.keyboard.press('ArrowDown')
      await reports.page.keyboard.press('+')
      await reports.page.waitForFunction(() => location.hash.includes('from='))
      await reports.page.keyboard.press('0')
      await reports.page.waitForFunction(() => !location.hash.includes('from='))
      await reports.page.keyboard.press('?')
      expect(await reports.page.getByRole('dialog').isVisible()).toBe(true)
      await reports.page.keyboard.press('Escape')
      await reports.page.keyboard.press('/')
      await reports.page.waitForFunction(() => document.activeElement?.matches('input[type=search]'))
      await reports.page.keyboard.type('x3 write')
      expect(await textOf('.search .count')).toBe('3 found')
    })

    test('the arrows walk the tabs while one has the focus, once round', async () => {
      await reports.open('fail')
      await reports.page.getByRole('tab', {selected: true}).focus()
      const names: string[] = []
      for (let i = 0; i < 6; i++) {
        await reports.page.keyboard.press('ArrowRight')
        names.push(await reports.page.getByRole('tab', {selected: true}).innerText())
      }
      expect(names).toEqual(['Timeline', 'Performance', 'Network', 'Logs', 'Environment', 'Counterexample'])
      await reports.page.keyboard.press('ArrowLeft')
      expect(await reports.page.evaluate(() => document.activeElement?.id)).toBe('tab-environment')
      expect(await reports.page.locator('.panel').count()).toBe(0)
    })

    test('dark and light, as asked', async () => {
      await reports.open('fail', '', {colorScheme: 'dark'})
      const background = () => reports.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const dark = await background()
      await reports.page.getByRole('button', {name: 'Toggle theme'}).click()
      expect(await background()).not.toBe(dark)
      await reports.page.reload()
      await reports.page.waitForSelector('html[data-ready]')
      expect(await background()).not.toBe(dark)
    })

    test('copies the command that brings the run back', async () => {
      await reports.open('fail', '', {permissions: ['clipboard-read', 'clipboard-write']})
      await reports.page.getByRole('button', {name: 'Copy reproduce'}).click()
      await reports.page.getByText('Copied').waitFor()
      expect(await reports.page.evaluate(() => navigator.clipboard.readText())).toBe(
        'chaos replay 20261120-201733-raft-register-8f3a --times 20',
      )
    })

    test.each(['light', 'dark'] as const)('%s: everything has a name, and can be read', async (colorScheme) => {
      for (const [name, hash] of [
        ['fail', ''],
        ['cycle', ''],
        ['cycle', '#case=2'],
        ['unknown', ''],
        ['fail', '#tab=timeline'],
        ['fail', '#tab=performance'],
        ['fail', '#tab=environment'],
      ] as const) {
        await reports.open(name, hash, {colorScheme})
        expect([name, hash, ...(await shortcomingsOf(reports.page))]).toEqual([name, hash])
      }
    })

    test('what nodes and clients say is text, never markup', async () => {
      await reports.open('hostile')
      for (const key of ['1', '2', '3', '4', '5', '6', '7']) {
        await reports.page.keyboard.press(key)
        await reports.page.keyboard.press('n')
      }
      expect(await reports.page.locator('img').count()).toBe(0)
      expect(await reports.page.evaluate(() => 'pwned' in window)).toBe(false)
      expect(await textOf('#app h1')).toContain('<img src=x onerror="window.pwned=1">')
    })

    test('without JavaScript the verdict, the reason and the command are there', async () => {
      await reports.open('fail', '', {javaScriptEnabled: false})
      await reports.page.locator('#plain h1').waitFor({state: 'visible'})
      expect(await textOf('#plain')).toMatch(/FAIL Stale read[\s\S]*It can never be 3 again[\s\S]*chaos replay/)
    })

    test('on paper there is the plain version with the drawing', async () => {
      await reports.open('fail')
      await reports.page.emulateMedia({media: 'print'})
      expect(await reports.page.locator('#plain').isVisible()).toBe(true)
      expect(await reports.page.locator('.diagram').isVisible()).toBe(true)
      expect(await reports.page.locator('.tabs').isVisible()).toBe(false)
    })

    // bench/report.ts has the exact limits (1.5 s, 200 ms); here they only must not be missed by far on a busy machine.
  },
)
