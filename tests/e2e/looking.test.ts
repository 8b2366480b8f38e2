/** Looking at runs: `chaos open`, `chaos compare`, `chaos schema`, and `chaos serve` in a real browser. */
import {rmSync, writeFileSync} from 'node:fs'
import {request} from 'node:http'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {complaintsOf, findChromium, launch, SKIP_REASON} from '../../report/app/chromium.fixture.ts'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

const run = (...args: string[]) => place.chaos('run', 'gossip', '--nemesis', 'none', ...args)

beforeAll(async () => {
  for (const args of [
    ['-w', 'set', '--time', '1s', '--seed', 'one'],
    ['-w', 'set', '--time', '2s', '--seed', 'two'],
    ['-w', 'counter', '--time', '1s', '--seed', '<b>three</b>'],
  ]) {
    const {exitCode, stderr} = await run(...args)
    expect(exitCode, stderr).toBe(0)
  }
  const {exitCode, stdout} = await place.chaos('run', 'gossip', '--bug', 'sum-merge', '--time', '3s', '--seed', '1')
  expect(exitCode, stdout).toBe(1)
})

test('open prints where the report is, and makes one that is missing', async () => {
  const first = await place.chaos('open', '--print')
  expect(first.stdout.trim()).toMatch(/report\.html$/)
  rmSync(place.file(first.stdout.trim()))
  const again = await place.chaos('open', 'latest-failure')
  expect(again.exitCode, again.stderr).toBe(0)
  expect(place.read(again.stdout.trim())).toContain('<strong>FAIL</strong>')
  expect((await place.chaos('open', 'lates')).stderr).toContain('Did you mean "latest"?')
})

test('compare says what differs', async () => {
  const names = (await place.chaos('list', 'runs')).stdout.split('\n').map((line) => line.split(' ')[0] as string)
  const one = names.find((name) => name.endsWith('-one')) as string
  const two = names.find((name) => name.endsWith('-two')) as string
  const same = await place.chaos('compare', one, two)
  expect(same.exitCode, same.stderr).toBe(0)
  expect(same.stdout).toMatch(/time +1s +2s/)
  expect(same.stdout).toMatch(/all \d+ as before/)
  expect(same.stdout).toMatch(/stats: operations +[\d\u202f\u00a0 ]+\(\+\d+ %\)/)
  const failed = JSON.parse((await place.chaos('compare', one, 'latest-failure', '--json')).stdout)
  expect(failed.verdicts).toEqual(['valid', 'invalid'])
  expect(failed.settings.bug).toEqual([null, 'sum-merge'])
  writeFileSync(place.file('lone.jsonl'), '')
  expect((await place.chaos('compare', one, 'lone.jsonl')).stderr).toContain('lone.jsonl is no run of ours')
})

test('schema is a JSON Schema of every setting', async () => {
  const {stdout} = await place.chaos('schema')
  const schema = JSON.parse(stdout)
  expect(schema.$schema).toContain('json-schema.org')
  const plugins = ['workloads', 'nemeses', 'checkers', 'plugins']
  expect(Object.keys(schema.properties).sort()).toEqual(['$schema', 'targets', 'run', 'profiles', ...plugins].sort())
  expect(schema.properties.run.properties).toHaveProperty('op-timeout')
  await place.chaos('schema', '-o', 'chaos.schema.json')
  expect(JSON.parse(place.read('chaos.schema.json'))).toEqual(schema)
})

const executable = findChromium()
if (executable === undefined) console.warn(`SKIPPED chaos serve: ${SKIP_REASON}`)

describe('serve', () => {
  let server: ReturnType<Workplace['start']>
  let url: string
  let browser: Browser | undefined

  beforeAll(async () => {
    if (executable !== undefined) browser = await launch(executable)
    server = place.start(['serve', '--port', '0'])
    url = await new Promise<string>((resolve) => server.stdout?.once('data', (text) => resolve(String(text).trim())))
  })
  afterAll(async () => {
    await browser?.close()
    server.kill('SIGINT')
    expect((await server).exitCode).toBe(0)
  })

  /** As a page from elsewhere would ask, whose name was made to lead here. */
  const statusFor = (host: string, path = '/', method = 'GET') =>
    new Promise<number | undefined>((resolve, reject) => {
      request(url, {path, method, headers: {host}}, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })

  test('answers on the loopback interface, to its own names, and to nothing but what there is', async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    const {host} = new URL(url)
    expect(await statusFor(host)).toBe(200)
    expect(await statusFor('elsewhere.example')).toBe(403)
    expect(await statusFor(host, '/', 'POST')).toBe(405)
    for (const path of ['/runs/none/report.html', '/runs/latest/report.html', '/runs', '/runs/..%2f..%2f/run.json']) {
      expect(await statusFor(host, path), path).toBe(404)
    }
    for (const path of ['/runs/%/report.html', '/runs/%zz/run.json', '//[']) {
      expect(await statusFor(host, path), path).toBe(400)
    }
    const runs = (await (await fetch(`${url}runs.json`)).json()) as {state: string}[]
    expect(runs.map(({state}) => state)).toEqual(['invalid', 'valid', 'valid', 'valid'])
  })

  test('a port that is in use is named', async () => {
    const {port} = new URL(url)
    const second = await place.chaos('serve', '--port', port)
    expect(second.exitCode).toBe(4)
    expect(second.stderr).toContain(`Cannot listen on 127.0.0.1:${port}: it is in use. Try --port 0`)
  })

  describe.skipIf(executable === undefined)('in a browser', () => {
    let page: Page
    let complaints: string[]
    const open = async (options = {}) => {
      page = await (browser as Browser).newPage(options)
      complaints = complaintsOf(page)
      await page.goto(url)
    }

    test('lists runs, filters them, and leads to their reports', async () => {
      await open()
      const rows = page.locator('#runs tbody tr')
      expect(await rows.count()).toBe(4)
      expect(await page.locator('#runs').innerText()).toContain('<b>three</b>')
      await page.getByLabel('Verdict').selectOption('invalid')
      await page.getByRole('button', {name: 'Filter'}).click()
      expect(await rows.count()).toBe(1)
      expect(await page.getByLabel('Verdict').inputValue()).toBe('invalid')
      await page.getByRole('link', {name: 'all'}).click()
      await page.getByLabel('Search').fill('three')
      await page.getByLabel('Search').press('Enter')
      expect(await rows.count()).toBe(1)
      await page.getByRole('link', {name: 'all'}).click()
      await page.getByRole('link', {name: 'fail'}).click()
      await page.waitForURL(/report\.html/)
      await page.getByText('FAIL').filter({visible: true}).first().waitFor()
      // What it asks of its own server is as it should be.
      expect(complaints.filter((line) => !line.includes(` ${url}`))).toEqual([])
      await page.close()
    })

    test('draws how each target fared, without runs with planted bugs', async () => {
      await open()
      const trend = page.locator('#trends figure', {hasText: 'gossip/set'})
      expect(await trend.innerText()).toMatch(/2\/2 passed\s+34–100 %/)
      expect(await trend.locator('circle').count()).toBe(2)
      expect(await page.locator('#trends figure').count()).toBe(2)
      expect(await page.locator('#trends .invalid').count()).toBe(0)
      await page.close()
    })

    test.each([360, 768, 1280])('nothing reaches past the edge at %i px, in light and dark', async (width) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await open({viewport: {width, height: 800}, colorScheme})
        const {scroll, client} = (await page.evaluate(
          '({scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth})',
        )) as {scroll: number; client: number}
        expect(scroll).toBeLessThanOrEqual(client)
        // Nor is anything hidden behind an edge that can be scrolled, where nothing says that it can.
        const cells = page.locator('#runs td:not(.empty)')
        const edges = await cells.evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().right))
        expect(edges.length).toBeGreaterThan(20)
        expect(Math.max(...edges)).toBeLessThanOrEqual(width)
        if (process.env['CHAOS_SCREENSHOTS'] !== undefined) {
          await page.screenshot({path: `${process.env['CHAOS_SCREENSHOTS']}/serve-${width}-${colorScheme}.png`})
        }
        await page.close()
      }
    })
  })
})
