/** What nodes of real processes tell of themselves is held against what their protocol promises, not only in simulation. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

test('servers that forget their votes are caught by their own words, and again when the run is judged anew', async () => {
  const faults = ['--nemesis', 'kill:all', '--interval', '2s', '--time', '7s', '--seed', 'told']
  const {exitCode, stdout} = await place.chaos('run', 'raft', '--bug', 'forget-vote', ...faults)
  expect(exitCode, stdout).toBe(1)
  const again = await place.chaos('check', 'latest', '--json')
  expect(again.exitCode, again.stderr).toBe(1)
  expect(again.stdout).toContain('"terms-grow"')
})
