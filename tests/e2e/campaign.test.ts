/** `chaos campaign`: no job is lost and none counts twice, whatever becomes of workers, the broker and the campaign itself. */
import {execFileSync} from 'node:child_process'
import {getEventListeners, once} from 'node:events'
import {existsSync, mkdirSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {execa} from 'execa'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {type Clock, wallClock} from '../../core/clock.ts'
import {brokerEngine} from '../../runner/campaign/queue/broker.ts'
import {queueJobs} from '../../runner/campaign/queue/jobs.ts'
import {processesOf, Workplace} from './cli.ts'

let place: Workplace
beforeEach(() => {
  place = new Workplace()
})
afterEach(() => {
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})

const SMALL = ['campaign', '--targets', 'raft', '--workloads', 'register', '--faults', 'partition;kill', '--simulate']
/** Four jobs for each seed at most: two cells, one canary. */
const JOBS = [...SMALL, '--canaries', 'raft:stale-read', '--seed', 'night']

interface Line {
  readonly id: string
  readonly outcome: string
  readonly run?: string
}

function results(directory: string): Line[] {
  return place
    .read(directory, 'results.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

function jobs(directory: string): {readonly id: string; readonly bug?: string}[] {
  return JSON.parse(place.read(directory, 'campaign.json')).jobs
}

/** Every job has one result that counts, and nothing else has any. */
function expectWhole(directory: string): Map<string, string> {
  const counted = results(directory).filter(({outcome}) => outcome !== 'interrupted' && outcome !== 'environment')
  expect(counted.map(({id}) => id).sort()).toEqual(
    jobs(directory)
      .map(({id}) => id)
      .sort(),
  )
  return new Map(counted.map(({id, outcome}) => [id, outcome]))
}

/** Resolves when what it prints so far matches. */
async function said(stream: NodeJS.ReadableStream | null | undefined, pattern: RegExp): Promise<RegExpMatchArray> {
  let text = ''
  for await (const [chunk] of on(stream)) {
    text += String(chunk)
    const found = pattern.exec(text)
    if (found !== null) return found
  }
  throw new Error(`ended without ${pattern}: ${text}`)
}

async function* on(stream: NodeJS.ReadableStream | null | undefined): AsyncGenerator<[unknown]> {
  if (stream === null || stream === undefined) throw new Error('no stream')
  for (;;) yield (await once(stream, 'data')) as [unknown]
}

test('a worker that dies takes no job with it', async () => {
  const campaign = place.start([...JOBS, '--seeds', '2', '--time', '60s', '--workers', '1', '-o', 'killed'])
  await said(campaign.stdout, /campaign · 6 jobs/)
  await expect.poll(() => processesOf(place.directory).filter((one) => one.includes('job-main')).length).toBe(1)
  const [worker = ''] = processesOf(place.directory).filter((one) => one.includes('job-main'))
  process.kill(Number.parseInt(worker, 10), 'SIGKILL')
  const {exitCode, stderr, stdout} = await campaign
  expect(String(stderr)).toContain('a worker was lost in the middle of')
  expect([0, 3], String(stdout)).toContain(exitCode)
  expectWhole('killed')
  expect(String(stdout)).toContain('1/1 canaries caught')
  expect(place.read('killed', 'index.html')).toContain('raft:stale-read')
}, 120_000)

test('interrupted, it goes on where it was, and comes to the same', async () => {
  const whole = await place.chaos(...JOBS, '--seeds', '3', '--time', '20s', '-o', 'whole')
  expect([0, 3], whole.stderr).toContain(whole.exitCode)
  const campaign = place.start([...JOBS, '--seeds', '3', '--time', '20s', '--workers', '1', '-o', 'cut'])
  await said(campaign.stdout, /2\/9/)
  campaign.kill('SIGINT')
  const {exitCode, stdout} = await campaign
  expect(exitCode).toBe(130)
  expect(String(stdout)).toContain('--resume cut')
  expect(results('cut').length).toBeLessThan(9)
  const resumed = await place.chaos('campaign', '--resume', 'cut')
  expect(resumed.exitCode, resumed.stderr).toBe(whole.exitCode)
  expect(resumed.stdout).toMatch(/9 jobs · [2-8] done before/)
  expect(expectWhole('cut')).toEqual(expectWhole('whole'))
}, 120_000)

test('its parts make the whole', async () => {
  const args = [...JOBS, '--seeds', '2', '--time', '5s']
  for (const i of [1, 2, 3]) await place.chaos(...args, '--shard', `${i}/3`, '-o', `part-${i}`)
  const {exitCode, stdout} = await place.chaos(
    'campaign',
    'merge',
    'part-1',
    'part-2',
    'part-3',
    '-o',
    'merged',
    '--junit',
    'j.xml',
  )
  expect([0, 3], stdout).toContain(exitCode)
  expect(expectWhole('merged').size).toBe(6)
  expect(place.read('j.xml').match(/<testsuite /g)).toHaveLength(6)
  await place.chaos(...args, '-o', 'whole')
  expect(new Set(jobs('merged').map(({id}) => id))).toEqual(new Set(jobs('whole').map(({id}) => id)))
  // A part given twice counts once.
  const again = await place.chaos('campaign', 'merge', 'part-1', 'part-1', '-o', 'again', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({jobs: 2, missing: ['2/3', '3/3']})
  expect(again.exitCode).toBe(3)
}, 120_000)

test.each([
  [['--shard', '0/3', '--seed', '1'], '--shard 0/3 is no part of a whole.'],
  [['--shard', '4/3', '--seed', '1'], '--shard 4/3 is no part of a whole.'],
  [['--shard', '1/3'], '--shard without --seed'],
  [['--shard', '99998/99999', '--seed', '1'], 'this part would have none'],
  [['--seeds', 'many'], 'many'],
  [['--queue', 'localhost:6379'], 'is no address of a Redis server'],
  [['--targets', 'raftt'], 'raft'],
  [['--resume', 'nowhere'], 'nowhere holds no campaign'],
])('%j is refused', async (words, sentence) => {
  const args = words[0] === '--resume' ? ['campaign'] : ['campaign', '--simulate']
  const {exitCode, stderr} = await place.chaos(...args, ...words)
  expect(exitCode, stderr).toBe(2)
  expect(stderr).toContain(sentence)
  expect(stderr).not.toContain('    at ')
})

test('a damaged campaign is refused, and stays as it is', async () => {
  mkdirSync(place.file('bad'))
  const file = place.file('bad', 'campaign.json')
  execFileSync('sh', ['-c', `printf '{"format":"chaos.queue/9"}' > ${file}`])
  const {exitCode, stderr} = await place.chaos('campaign', '--resume', 'bad')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('expected format "chaos.queue/1", got "chaos.queue/9"')
  expect(place.read('bad', 'campaign.json')).toBe('{"format":"chaos.queue/9"}')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as {port: number}
  server.close()
  await once(server, 'close')
  return port
}

test('a broker that does not answer is exit 4, and the password is not shown', async () => {
  const port = await freePort()
  const address = `redis://me:secret@127.0.0.1:${port}`
  for (const words of [
    ['campaign', ...SMALL.slice(1), '--queue', address, '-o', 'never-begun'],
    ['campaign', 'worker', '--queue', address],
  ]) {
    const {exitCode, stderr, stdout} = await place.chaos(...words)
    expect(exitCode, stderr).toBe(4)
    expect(stderr).toContain(`Nobody answers at redis://127.0.0.1:${port}`)
    expect(stdout + stderr).not.toContain('secret')
  }
  // A campaign that could not begin leaves nothing that would have to be resumed.
  expect(existsSync(join(place.directory, 'never-begun'))).toBe(false)
})

function installed(program: string): boolean {
  try {
    execFileSync(program, ['--version'])
    return true
  } catch {
    return false
  }
}

function startBroker(port: number) {
  const words = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--save',
    '',
  ]
  return execa('redis-server', [...words, '--dir', place.directory], {cwd: place.directory, reject: false})
}

// Skipped where redis-server is not installed (Debian: redis-server).
test.skipIf(!installed('redis-server'))(
  'three workers at a broker: one is killed in mid-job, the broker is restarted',
  async () => {
    const port = await freePort()
    const queue = `redis://127.0.0.1:${port}`
    let broker = startBroker(port)
    await said(broker.stdout, /Ready to accept connections/)
    const workers = [1, 2, 3].map(() => place.start(['campaign', 'worker', '--queue', queue, '--lease', '2s']))
    try {
      await Promise.all(workers.map((worker) => said(worker.stderr, /waiting for jobs/)))
      const words = ['--seeds', '5', '--time', '30s', '--queue', queue, '-o', 'shared', '--keep', 'all']
      const campaign = place.start([...JOBS, ...words])
      const [victim, ...others] = workers as [(typeof workers)[0], ...typeof workers]
      // A line with the name of a job: it has begun.
      await said(victim.stderr, /^ {2}\S+.* seed \w+$/m)
      victim.kill('SIGKILL')
      await said(campaign.stdout, /5\/15/)
      broker.kill('SIGTERM')
      await broker
      broker = startBroker(port)
      const {exitCode, stdout, stderr} = await campaign
      expect([0, 3], String(stdout)).toContain(exitCode)
      expect(String(stderr)).not.toContain('abort listeners added')
      const outcomes = expectWhole('shared')
      expect(outcomes.size).toBe(15)
      expect(String(stdout)).toContain('1/1 canaries caught')
      // The findings of the canary were made elsewhere, and are here.
      const caught = results('shared').find(({outcome, run}) => outcome === 'violation' && run !== undefined)
      if (caught !== undefined)
        expect(place.read('shared', 'runs', caught.run as string, 'report.html')).toContain('</html>')
      for (const worker of others) worker.kill('SIGTERM')
      expect((await Promise.all(others)).map((worker) => worker.exitCode)).toEqual([143, 143])
      // Nothing of it stays at the broker.
      const left = execFileSync('redis-cli', ['-p', String(port), '--scan', '--pattern', '*night*'], {encoding: 'utf8'})
      expect(left.trim()).toBe('')
    } finally {
      for (const worker of workers) worker.kill('SIGKILL')
      await Promise.all(workers)
      broker.kill('SIGKILL')
      await broker
    }
  },
  180_000,
)

test.skipIf(!installed('redis-server'))('asking the broker again and again leaves no listener behind', async () => {
  const port = await freePort()
  const broker = startBroker(port)
  try {
    await said(broker.stdout, /Ready to accept connections/)
    const interrupt = new AbortController()
    const counts: number[] = []
    // A night in a moment: each pause between two questions is over at once. Nobody takes the job.
    const clock: Clock = {
      ...wallClock(),
      after(_delayMs, wake) {
        counts.push(getEventListeners(interrupt.signal, 'abort').length)
        if (counts.length === 30) interrupt.abort()
        return wallClock().after(0, wake)
      },
    }
    const job = queueJobs([{target: 'raft', workload: 'register', faults: []}], [], 1, 'seed', {
      time: '1s',
      rate: '10/s',
      thresholds: [],
      failFast: false,
      simulated: true,
    })
    await brokerEngine(`redis://127.0.0.1:${port}`, 'listeners', clock).run({
      jobs: job,
      signal: interrupt.signal,
      done: () => {},
      notice: () => {},
    })
    expect(counts.length).toBeGreaterThanOrEqual(30)
    expect(new Set(counts.slice(0, 30))).toEqual(new Set([counts[0]]))
    expect(getEventListeners(interrupt.signal, 'abort')).toEqual([])
  } finally {
    broker.kill('SIGKILL')
    await broker
  }
})
