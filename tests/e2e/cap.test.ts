/** `chaos cap` on the command line: a table, a document, a page, and clear words for what it cannot do. */
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

test('one table, one page', async () => {
  const args = ['cap', 'gossip', 'primary-backup:mode=async', '--partition', 'halves', '--html', 'cards.html']
  const {stdout, exitCode} = await place.chaos(...args)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^gossip {2}AP {2}PA\/EL$/m)
  expect(stdout).toContain('acknowledged writes were lost')
  const page = place.read('cards.html')
  expect(page).toContain('primary-backup:mode=async')
  // Offline: nothing is fetched.
  expect(page).not.toMatch(/(src|href)="(?!data:)/)
  expect(page).not.toContain('<script')
})

test('as JSON, the same every time', async () => {
  const args = ['cap', 'raft', '--partition', 'halves', '--seed', '7', '--json', '-q']
  const [first, second] = [await place.chaos(...args), await place.chaos(...args)]
  expect(first.stderr).toBe('')
  expect(second.stdout).toBe(first.stdout)
  const {schema, cards} = JSON.parse(first.stdout) as {schema: string; cards: {label: {cap: string}}[]}
  expect(schema).toBe('chaos.cap/1')
  expect(cards[0]!.label.cap).toBe('CP')
})

test.each<[string[], ...string[]]>([
  [['rfat'], 'Unknown target "rfat". Did you mean "raft"?'],
  [['commit'], 'commit does not speak write', 'It speaks: transfer, read, txn'],
  [['etcd'], 'etcd is a real program: it cannot be simulated.', 'Give --real.'],
  [['raft', '--partition', 'half'], 'Unknown partition "half".', 'halves, ring, isolated, one-way'],
  [['raft', '--bug', 'stale-reed'], 'Did you mean "stale-read"?'],
  [['dynamo', '--nodes', '2'], 'a card of dynamo needs at least 3 nodes'],
  [['primary-backup:mode=asink'], '"asink"', 'sync, semi-sync, async'],
  [['raft:mode=async'], 'Unknown target argument of raft "mode".', 'electionMs'],
  [['dynamo:n=7'], 'n=7 copies of each key need as many nodes'],
  [['cache'], 'cache makes no promise about them', 'staleness'],
])('chaos cap %j', async (args, ...words) => {
  const {exitCode, stderr} = await place.chaos('cap', ...args, '-q')
  for (const word of words) expect(stderr).toContain(word)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(exitCode).toBe(2)
})
