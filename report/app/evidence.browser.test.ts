/** What is shown of a violation, in a real browser: counterexamples, transactions, what stayed unknown. */
import {expect, test} from 'vitest'
import {cycleRun} from '../odd-runs.fixture.ts'
import {failRun, passRun, unknownRun} from '../runs.fixture.ts'
import {describeInBrowser, SHAPE} from './browser.fixture.ts'

describeInBrowser(
  'evidence in a browser',
  {fail: () => failRun(SHAPE), pass: () => passRun(SHAPE), unknown: () => unknownRun(SHAPE), cycle: cycleRun},
  (reports) => {
    const {textOf} = reports

    test('a failure opens on its counterexample', async () => {
      await reports.open('fail')
      expect(await textOf('.badge')).toBe('FAIL')
      expect(await textOf('#app h1')).toMatch(/^Stale read\. Process 204 read x3 = 3/)
      expect(await reports.page.locator('.diagram .bar').count()).toBe(5)
      expect(await reports.page.locator('.bar.impossible').textContent()).toMatch(/read → 3[\s\S]*only 7 or 9 possible/)
      expect(await reports.page.locator('.point').count()).toBe(4)
      expect(await reports.page.locator('.steps .stuck').innerText()).toMatch(/read → 3[\s\S]*7[\s\S]*or[\s\S]*9/)
      expect(await textOf('.argument')).toMatch(/It can never be 3 again/)
      expect(await reports.page.locator('#plain').isVisible()).toBe(false)
    })

    test('the order can be stepped through, and another one chosen', async () => {
      await reports.open('fail')
      await reports.page.locator('.slider input').fill('2')
      expect(await reports.page.locator('.point:not(.later)').count()).toBe(2)
      expect(await textOf('.slider')).toContain('step 2 of 4')
      await reports.page.getByRole('button', {name: 'Next order'}).click()
      expect(await reports.page.locator('.point').count()).toBe(3)
      expect(await reports.page.locator('.steps .idle').innerText()).toMatch(
        /write 9[\s\S]*could follow, but then something else/,
      )
      await reports.page.locator('.slider input').fill('3')
      expect(await reports.page.locator('.bar.refused').count()).toBe(1)
      await reports.page.getByRole('button', {name: 'Real time'}).click()
      expect(await reports.page.locator('.diagram .bar').count()).toBe(5)
    })

    test('an unknown says how far the search came, and where it stood', async () => {
      await reports.open('unknown')
      expect(await textOf('.progress')).toMatch(/x1[\s\S]*48 of 1\u202f502 events have an order/)
      expect(await reports.page.locator('.progress meter').getAttribute('aria-label')).toBe(
        '48 of 1502 events explained',
      )
      await reports.page.locator('.progress .op-link').click()
      expect(await reports.page.getByRole('tab', {selected: true}).innerText()).toBe('Timeline')
      expect(await textOf('.panel-kind')).toMatch(/^Operation #\d+/)
    })

    test('what led to it is told row by row, and a row opens its node’s log at that moment', async () => {
      await reports.open('fail')
      const {page} = reports
      const rows = page.locator('.lead-up li:not(.of-gap)')
      expect(await rows.allInnerTexts()).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/partition \{n2 n3\} \| \{n1 n4 n5\} begins/),
          expect.stringMatching(/#\d+ write x3 3/),
          expect.stringMatching(/n1 cannot learn of #\d+: n3 → n1 is cut/),
          expect.stringMatching(/#\d+ read x3 → 3[\s\S]*no order explains this/),
        ]),
      )
      expect(await page.locator('.lead-up .passing.lost').count()).toBeGreaterThan(0)
      const missed = rows.filter({hasText: 'cannot learn'}).first()
      const at = await missed.locator('.lead-up-time').innerText()
      await missed.getByRole('button', {name: /^Log of n1 at/}).click()
      expect(await page.getByRole('tab', {selected: true}).innerText()).toBe('Logs')
      const here = page.locator('.log-column').first().locator('.is-here')
      expect(await here.innerText()).toContain(at)
      expect(await textOf('.log-column.asked h3')).toContain('n1')
      expect(page.url()).toMatch(/#tab=logs&node=n1&at=12\.\d+/)
      await page.reload()
      await page.waitForSelector('.log-column.asked .is-here')
    })

    test('where it happened is one click from the log', async () => {
      await reports.open('fail')
      await reports.page.getByRole('button', {name: /^log of n1 at/}).click()
      expect(await reports.page.locator('.log-column.asked .is-here').innerText()).toContain('read x3 → 3')
    })

    test('an op named in the argument opens its details', async () => {
      await reports.open('fail')
      const link = reports.page.locator('.argument .op-link').first()
      const name = await link.innerText()
      await link.click()
      expect(await textOf('.panel-kind')).toContain(`Operation ${name}`)
      expect(reports.page.url()).toContain(`op=${name.slice(1)}`)
      await reports.page.keyboard.press('Escape')
      expect(await reports.page.locator('.panel').count()).toBe(0)
    })

    test('a cycle of transactions is drawn, and its cards open', async () => {
      await reports.open('cycle', '#case=2')
      expect(await reports.page.getByRole('tab', {selected: true}).innerText()).toMatch(/^Transactions/)
      expect(await reports.page.locator('.transaction').count()).toBe(3)
      expect(await reports.page.locator('.edge[role=button] text').allTextContents()).toEqual([
        'rw y',
        'wr y',
        'realtime',
      ])
      await reports.page.locator('.transaction').first().click()
      expect(await textOf('.panel h2')).toBe('append x 8 · r y []')
    })

    test('an arrow says why, and shows the two micro-operations that it joins', async () => {
      await reports.open('cycle', '#case=2')
      expect(await reports.page.locator('.lit').count()).toBe(0)
      await reports.page.getByRole('button', {name: /^T1 before T2, rw y/}).click()
      expect(await reports.page.locator('.because [aria-pressed=true]').innerText()).toMatch(
        /T1 → T2[\s\S]*rw y[\s\S]*T1 observed y = \[\], without T2's append of 3/,
      )
      const lines = await reports.page.locator('.transaction').evaluateAll((cards) =>
        cards.map((card) =>
          [...card.querySelectorAll('.lit')].map((mark) => {
            const middle = Number(mark.getAttribute('y')) + Number(mark.getAttribute('height')) / 2
            const texts = [...card.querySelectorAll('.transaction-line')]
            return texts.find((text) => Math.abs(Number(text.getAttribute('y')) - 4 - middle) < 6)?.textContent
          }),
        ),
      )
      expect(lines).toEqual([['r y []'], ['append y 3'], []])
      await reports.page.locator('.because button').nth(2).focus()
      await reports.page.keyboard.press('Enter')
      expect(await reports.page.locator('.edge.chosen[role=button]').getAttribute('aria-label')).toContain(
        'T3 before T1, realtime',
      )
    })

    test('reads that no order explains are a table, with what deviates marked', async () => {
      await reports.open('cycle')
      expect(await reports.page.locator('.reads tbody tr').count()).toBe(2)
      expect(await reports.page.locator('.reads tbody tr').first().locator('mark').allTextContents()).toEqual(['3'])
      expect(await reports.page.locator('.reads tbody tr').last().locator('mark').count()).toBe(0)
      await reports.page.locator('.reads .op-link').first().click()
      expect(await textOf('.panel h2')).toBe('r z [1 3]')
    })

    test('the models that fall and those that stand are told and drawn', async () => {
      await reports.open('cycle')
      const consistency = await textOf('.consistency')
      expect(consistency).toMatch(/Weakest violated\s+✘ read-committed/)
      expect(consistency).toMatch(/Strongest not ruled out\s+✔ read-uncommitted/)
      expect(await reports.page.locator('.lattice g.model').count()).toBe(4)
      expect(await reports.page.locator('.lattice g.out, .lattice g.weakest-out').count()).toBe(3)
      expect(await reports.page.locator('.lattice line').count()).toBe(3)
      expect(await reports.page.locator('.lattice svg').getAttribute('aria-label')).toContain('serializable: ruled out')
    })

    test('n and p leaf through anomalies, and a link shows the one it names', async () => {
      await reports.open('cycle')
      const kind = () => textOf('.case-kind')
      expect(await kind()).toContain('incompatible-order')
      await reports.page.keyboard.press('n')
      expect(await kind()).toContain('G-single')
      expect(reports.page.url()).toContain('case=2')
      await reports.page.keyboard.press('p')
      expect(await kind()).toContain('incompatible-order')
      const index = /#(\d+)/.exec(await reports.page.locator('.reads .op-link').first().innerText())![1]
      await reports.page.evaluate((op) => (location.hash = `#tab=logs&op=${op}`), index)
      await reports.page.waitForSelector('.log-line')
      await reports.page.evaluate((op) => (location.hash = `#op=${op}`), index)
      await reports.page.waitForSelector('.transactions')
    })

    test('a pass opens on the timeline, an unknown on its reason', async () => {
      await reports.open('pass')
      expect(await textOf('.badge')).toBe('PASS')
      expect(await reports.page.getByRole('tab', {selected: true}).innerText()).toBe('Timeline')
      await reports.open('unknown')
      expect(await textOf('.badge')).toBe('UNKNOWN')
      expect(await reports.page.getByRole('tab', {selected: true}).innerText()).toMatch(/^Why unknown/)
      expect(await reports.page.locator('.chip.unknown').count()).toBe(2)
      await reports.page.locator('.cases button').nth(1).click()
      expect(await textOf('.case-head h2')).toContain('no probe saw a node die')
    })
  },
)
