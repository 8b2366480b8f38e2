/** A browser for the tests, where the machine has one: $CHAOS_CHROMIUM or Debian's. Nothing is downloaded. */
import {existsSync} from 'node:fs'
import {type Browser, chromium, type Page} from 'playwright-core'

const PLACES = [
  process.env['CHAOS_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Where the browser is; undefined where there is none. */
export function findChromium(): string | undefined {
  return PLACES.find((place) => place !== undefined && place !== '' && existsSync(place))
}

/** Why the tests of the page are skipped, said aloud. */
export const SKIP_REASON =
  'no browser: set CHAOS_CHROMIUM or install one (apt-get install chromium); the report was not opened by this run'

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Everything that a page says went wrong: errors on the console (CSP violations are among them) and uncaught ones. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`it asked the network for ${request.url()}`)
  })
  return complaints
}

/** First contentful paint, ms after navigation. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
}
