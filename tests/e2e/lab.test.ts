/** The laboratory as it is typed: search, replay, shrink, and what they refuse. */
import {cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {processesOf, Workplace} from './cli.ts'

const at = new Workplace()
let damaged = 0
afterAll(() => at.dispose())

interface SimReport {
  readonly schema: string
  readonly seeds: number
  readonly valid: number
  readonly failed: number
  readonly findings: readonly {
    readonly attempt: {readonly seed: string; readonly digest: string; readonly anomalies: readonly string[]}
    readonly directory: string
    readonly command: string
  }[]
}

/** `chaos sim … --json`. */
async function sim(...args: string[]): Promise<SimReport & {readonly exitCode: number | undefined}> {
  const {exitCode, stdout} = await at.chaos('sim', ...args, '--json')
  return {...(JSON.parse(stdout) as SimReport), exitCode}
}

/** Every file below a directory with its length. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, {recursive: true, encoding: 'utf8', withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({name, parentPath}) => `${parentPath}/${name} ${readFileSync(`${parentPath}/${name}`).length}`)
    .sort()
}

const stale = ['raft', '--bug', 'stale-read', '--seed', 'lab', '--seeds', '6', '--time', '10s']
let found: Awaited<ReturnType<typeof sim>>

beforeAll(async () => {
  found = await sim(...stale, '--workers', '2')
})

describe('chaos sim', () => {
  test('finds nothing in an honest target, and says how much it has tried', async () => {
    const {exitCode, stdout} = await at.chaos('sim', 'raft', '--seeds', '4', '--time', '5s', '--nemesis', 'all')
    expect(stdout).toMatch(/PASS +No violation found in 4 seeds/)
    expect(stdout).toMatch(/\d+ operations under \d+ faults, .* simulated in /)
    expect(exitCode).toBe(0)
  })
  test('stops at the first seed that fails, and keeps it as a run with its report', () => {
    expect(found).toMatchObject({schema: 'chaos.sim/1', exitCode: 1, failed: 1})
    expect(found.findings[0]?.attempt.anomalies).toContain('stale-read')
    expect(at.read(found.findings[0]!.directory, 'report.html')).toContain('stale-read')
    expect(found.findings[0]?.command).toMatch(/chaos sim raft .*--bug stale-read/)
  })
  test('finds the same on one thread as on two', async () => {
    const alone = await sim(...stale, '--workers', '1')
    expect(alone.findings.map(({attempt}) => attempt)).toEqual(found.findings.map(({attempt}) => attempt))
  })
  test('does the seed again that it names', async () => {
    const {attempt} = found.findings[0]!
    const again = await sim('raft', '--bug', 'stale-read', '--seed', attempt.seed, '--time', '10s')
    expect(again).toMatchObject({exitCode: 1, seeds: 1})
    expect(again.findings[0]?.attempt).toEqual(attempt)
  })
  test('draws configurations in a swarm', async () => {
    const {stderr, exitCode} = await at.chaos(
      'sim',
      'raft',
      '--bug',
      'stale-read',
      '--strategy',
      'swarm',
      '--seed',
      'w',
      '--seeds',
      '30',
      '--time',
      '10s',
    )
    expect(stderr).toMatch(
      /seed w-\d+ drew --nodes \d --concurrency \d+ --keys \d+ --rate \d+\/s --interval \d+ms --nemesis /,
    )
    expect(exitCode).toBe(1)
    const replayed = await at.chaos('replay', 'latest-failure')
    expect(replayed.stdout).toContain('The history is the same, byte for byte.')
  })
  test('tells what is late from what is wrong', async () => {
    const {exitCode, stdout} = await at.chaos(
      ...['sim', 'raft', '--seed', 'late', '--seeds', '2', '--time', '3s', '--keep-going', '--threshold', 'p99<1ms'],
    )
    expect(stdout).toMatch(/2 of 2 seeds failed, 2 of them in liveness only/)
    expect(exitCode).toBe(5)
  })
  test('is guided by where runs have been, the same on any number of threads', async () => {
    const guided = ['raft', '--strategy', 'guided', '--nemesis', 'kill:all,partition', '--time', '2s', '--seed', 'g']
    const search = async (workers: string) => {
      const {findings, ...figures} = await sim(...guided, '--seeds', '20', '--workers', workers)
      return {...figures, tookMs: 0}
    }
    const one = await search('1')
    expect(one).toMatchObject({exitCode: 0, seeds: 20, failed: 0})
    expect(await search('2')).toEqual(one)
  })
  test('does a mutant again by its name', async () => {
    const guided = [
      'raft',
      '--strategy',
      'guided',
      '--bug',
      'forget-vote',
      '-w',
      'set',
      '--nemesis',
      'kill:all,partition',
    ]
    const named = (seed: string) => sim(...guided, '--time', '6s', '--interval', '500ms', '--seed', seed)
    const mutant = (await named('g-3~1')).findings[0]!
    expect(mutant.attempt.seed).toBe('g-3~1')
    expect(mutant.command).toContain("--seed 'g-3~1'")
    expect(mutant.command).toContain('--strategy guided')
    expect((await named('g-3')).findings[0]!.attempt.digest).not.toBe(mutant.attempt.digest)
    const replayed = await at.chaos('replay', mutant.directory)
    expect(replayed.stdout).toContain('The history is the same, byte for byte.')
  })
  test('that is interrupted says how to go on, and then comes to what it would have come to', async () => {
    const asked = ['raft', '--bug', 'stale-read', '--seed', 'go', '--seeds', '4', '--time', '4s', '--keep-going']
    const whole = await sim(...asked)
    const begun = at.start(['sim', ...asked, '--workers', '1', '--json'])
    // It has begun once it says what it searches.
    await new Promise((resolve) => begun.stderr.once('data', resolve))
    begun.kill('SIGINT')
    const {exitCode, stderr} = await begun
    expect(exitCode).toBe(130)
    const file = /Go on +.* sim --resume (\S+)/.exec(String(stderr))?.[1] ?? ''
    expect(JSON.parse(at.read(file))).toMatchObject({format: 'chaos.search/1', seed: 'go', count: 4})
    const other = await at.chaos('sim', '--resume', file, '--seeds', '9')
    expect(other.stderr).toContain('--seeds cannot be given beside it')
    expect(other.exitCode).toBe(2)
    const gone = await sim('--resume', file)
    const {tookMs: _, findings, ...figures} = gone as typeof gone & {tookMs: number}
    expect(whole).toMatchObject(figures)
    expect(findings.map(({attempt}) => attempt)).toEqual(whole.findings.map(({attempt}) => attempt))
    expect(existsSync(at.file(file))).toBe(false)
  })
  test.each([
    ['no.json', undefined, 'There is no search no.json'],
    ['half.json', '{"format":', 'half.json is damaged: it is not JSON'],
    ['other.json', '{"format":"chaos.search/99"}', 'found "chaos.search/99"'],
    ['empty.json', '{"format":"chaos.search/1"}', 'empty.json is damaged'],
  ])('does not go on from %s', async (file, text, words) => {
    if (text !== undefined) writeFileSync(at.file(file), text)
    const {exitCode, stderr} = await at.chaos('sim', '--resume', file)
    expect(stderr).toContain(words)
    expect(exitCode).toBe(2)
  })
  test.each([
    [['sim', 'raft', '--seeds', '0'], 'Got "0"'],
    [['sim', 'raft', '--seeds', 'many'], '--seeds'],
    [['sim', 'raft', '--bug', 'stale-reed'], 'Did you mean "stale-read"?'],
    [['sim', 'raft', '--strategy', 'guess'], 'guess'],
    [['sim', 'rafd'], 'Did you mean "raft"?'],
    [['sim', 'paxos', '--nemesis', 'membership'], 'cannot suffer "membership"'],
  ])('refuses %j', async (args, words) => {
    const {exitCode, stderr} = await at.chaos(...args)
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(exitCode).toBe(2)
  })
})

describe('chaos replay', () => {
  test('does a simulated run again byte for byte', async () => {
    const {exitCode, stdout} = await at.chaos('replay', found.findings[0]!.directory)
    expect(stdout).toContain('The history is the same, byte for byte.')
    expect(exitCode).toBe(1)
  })
  test('says where a history parts from what comes out now', async () => {
    const copy = at.file('parted')
    cpSync(at.file(found.findings[0]!.directory), copy, {recursive: true})
    const lines = readFileSync(`${copy}/history.jsonl`, 'utf8').split('\n')
    lines[4] = lines[4]!.replace(/"f":"\w+"/, '"f":"other"')
    writeFileSync(`${copy}/history.jsonl`, lines.join('\n'))
    const {exitCode, stdout} = await at.chaos('replay', copy, '-o', at.file('again'))
    expect(stdout).toContain('The histories part at line 5.')
    // What it shows this time is a violation all the same.
    expect(exitCode).toBe(1)
  })
  test('of a plan that was edited says what that shows now', async () => {
    const copy = at.file('edited')
    cpSync(at.file(found.findings[0]!.directory), copy, {recursive: true})
    const plan = JSON.parse(readFileSync(`${copy}/plan.json`, 'utf8')) as {readonly faults: readonly unknown[]}
    writeFileSync(`${copy}/plan.json`, JSON.stringify({...plan, faults: []}))
    const {exitCode, stdout} = await at.chaos('replay', copy, '-o', at.file('again'))
    expect(stdout).toContain('Or its plan was edited.')
    expect(exitCode).toBe(3)
  })
  test('takes a real run into simulation, until it fails the same way', async () => {
    const real = await at.chaos(
      'run',
      'raft',
      '--bug',
      'stale-read',
      '--time',
      '12s',
      '--seed',
      'real',
      '-o',
      at.file('real'),
    )
    expect(real.exitCode).toBe(1)
    const {exitCode, stdout} = await at.chaos('replay', 'latest-failure', '--runs', at.file('real'), '--sim')
    expect(stdout).toMatch(/Found under seed real.*: it now fails every time/)
    expect(exitCode).toBe(1)
  })
  test.each([
    ['another format', (plan: Record<string, unknown>) => ({...plan, format: 'chaos.plan/99'}), 'chaos.plan/99'],
    [
      'another target',
      (plan: Record<string, unknown>) => ({...plan, options: {...(plan['options'] as object), target: 'paxos'}}),
      'is a plan for paxos',
    ],
    [
      'a fault of no kind',
      (plan: Record<string, unknown>) => ({...plan, faults: [{startMs: 1, stopMs: 2, spec: {fault: 'flood'}}]}),
      'flood',
    ],
    [
      'functions that nobody speaks',
      (plan: Record<string, unknown>) => ({...plan, operations: [{atMs: 1, f: 'raed'}]}),
      'operations[0].f is "raed", which register does not ask of raft. Did you mean "read"?',
    ],
    [
      'functions of another workload',
      (plan: Record<string, unknown>) => ({...plan, operations: [{atMs: 1, f: 'acquire'}]}),
      'operations[0].f is "acquire"',
    ],
    [
      'nodes that are none',
      (plan: Record<string, unknown>) => {
        const spec = {fault: 'partition', shape: 'halves', mode: 'refuse', victims: 'one', order: ['n1', 'n9']}
        return {...plan, faults: [{startMs: 1, stopMs: 2, spec}]}
      },
      'faults[0].spec',
    ],
    [
      'another seed than its run',
      (plan: Record<string, unknown>) => ({...plan, seed: 'other'}),
      'seed is "other", but',
    ],
    [
      'nodes of other names',
      (plan: Record<string, unknown>) => ({...plan, options: {...(plan['options'] as object), nodes: ['a', 'b', 'c']}}),
      'options.nodes is ["a","b","c"]',
    ],
  ])('refuses a plan of %s', async (name, damage, words) => {
    const copy = at.file(name.replaceAll(' ', '-'))
    cpSync(at.file(found.findings[0]!.directory), copy, {recursive: true})
    writeFileSync(`${copy}/plan.json`, JSON.stringify(damage(JSON.parse(readFileSync(`${copy}/plan.json`, 'utf8')))))
    const {exitCode, stderr} = await at.chaos('replay', copy)
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(exitCode).toBe(2)
  })
  test.each([
    ['run.json', (text: string) => text.slice(0, text.length / 2), 'run.json is damaged: it is not JSON'],
    ['run.json', () => '', 'run.json is damaged: it is not JSON'],
    ['run.json', (text: string) => text.replace('chaos.run/1', 'chaos.run/99'), 'found "chaos.run/99"'],
    ['run.json', (text: string) => text.replace('"stale-read"', '"stale-reed"'), 'Did you mean "stale-read"?'],
    ['run.json', (text: string) => text.replaceAll('"raft"', '"rafd"'), 'rafd'],
    ['run.json', undefined, 'There is no'],
    ['plan.json', (text: string) => text.slice(0, text.length / 2), 'plan.json is not JSON'],
    ['plan.json', undefined, 'plan.json'],
    [
      'plan.json',
      (text: string) => text.replace('"operations":[', '"operations":[{"f":"read"},'),
      'operations[0].atMs is missing',
    ],
    ['history.jsonl', (text: string) => text.replace('"type":"ok"', '"type":"okay"'), 'history.jsonl:'],
    ['history.jsonl', undefined, 'history.jsonl'],
    ['verdict.json', (text: string) => text.slice(0, text.length / 2), 'verdict.json is not JSON'],
  ])('refuses a run whose %s is damaged, and loses nothing of it: case %#', async (file, damage, words) => {
    const copy = at.file(`damaged-${damaged++}`)
    cpSync(at.file(found.findings[0]!.directory), copy, {recursive: true})
    const path = `${copy}/${file}`
    if (damage === undefined) rmSync(path)
    else writeFileSync(path, damage(readFileSync(path, 'utf8')))
    const before = filesOf(copy)
    const {exitCode, stderr} = await at.chaos('replay', copy, '-o', at.file('refused'))
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(exitCode).toBe(2)
    expect(filesOf(copy)).toEqual(before)
    expect(existsSync(at.file('refused'))).toBe(false)
  })
  test('refuses what is no run', async () => {
    const {exitCode, stderr} = await at.chaos('replay', 'no-such-run')
    expect(stderr).toContain('no-such-run')
    expect(exitCode).toBe(2)
  })
})

describe('chaos shrink', () => {
  test('leaves a handful of operations and faults, which still fail the same way', async () => {
    const {exitCode, stdout} = await at.chaos('shrink', found.findings[0]!.directory, '-o', at.file('small'))
    const [, operations, faults] = /to (\d+) operations?, (\d+) faults?/.exec(stdout) ?? []
    expect(Number(operations)).toBeLessThanOrEqual(12)
    expect(Number(faults)).toBeLessThanOrEqual(4)
    expect(exitCode).toBe(1)
    const again = await at.chaos('replay', 'latest-failure', '--runs', at.file('small'))
    expect(again.stdout).toContain('The history is the same, byte for byte.')
    expect(again.stdout).toContain('stale-read')
  })
  test('keeps the smallest so far when it is interrupted', async () => {
    const shrinking = at.start(['shrink', found.findings[0]!.directory, '-o', at.file('cut-short'), '--worlds', '8'])
    // It has begun once it says what it shrinks.
    await new Promise((resolve) => shrinking.stderr.once('data', resolve))
    shrinking.kill('SIGINT')
    const {exitCode, stdout} = await shrinking
    // Too soon to have anything to keep, or with something.
    expect(String(stdout)).toMatch(exitCode === 1 ? /From [\d ]+ operations/ : 'Interrupted before it was found')
    expect([1, 130]).toContain(exitCode)
    expect(processesOf(at.directory)).toEqual([])
  })
  test('leaves nothing of a run whose cluster never served, which is a matter of liveness', async () => {
    const runs = at.file('never-ready')
    // A design of one's own, whose nodes stand for leader for ever.
    const protocol = `{
      leads: true,
      createNode: (env) => ({
        start() {},
        message() {},
        timer() {},
        request: (request) => env.reply(request, {type: 'status', role: 'candidate', term: 7}),
      }),
      createSession: () => ({invoke() {}, message() {}, timer() {}}),
    }`
    const claims = "claims: {register: 'linearizable'}, functions: ['read', 'write']"
    const more = 'bugs: [], defaultNodes: 3, capabilities: () => ({}), start() {}'
    const target = `{name: 'mute', description: 'nobody leads', ${claims}, ${more}, protocol: ${protocol}}`
    writeFileSync(at.file('mute.config.mjs'), `export default {targets: {mute: ${target}}}`)
    const config = ['--config', at.file('mute.config.mjs')]
    await at.chaos('sim', 'mute', ...config, '--time', '1s', '--nemesis', 'none', '-o', runs)
    const {exitCode, stdout} = await at.chaos(
      'shrink',
      'latest',
      ...config,
      '--runs',
      runs,
      '-o',
      at.file('never-small'),
    )
    expect(stdout).toContain('to 0 operations, 0 faults')
    expect(stdout).toContain('mute was not ready 30 s after boot')
    expect(exitCode).toBe(5)
  })
  test('refuses a run that found nothing', async () => {
    await at.chaos('run', 'raft', '--time', '3s', '--nemesis', 'none', '-o', at.file('valid'))
    const {exitCode, stderr} = await at.chaos('shrink', 'latest', '--runs', at.file('valid'))
    expect(stderr).toContain('found nothing that could be shrunk')
    expect(exitCode).toBe(2)
  })
  test('refuses a run that nobody has judged', async () => {
    const directory = at.file('unjudged')
    cpSync(at.file(found.findings[0]!.directory), directory, {recursive: true})
    rmSync(`${directory}/verdict.json`)
    const {exitCode, stderr} = await at.chaos('shrink', directory)
    expect(stderr).toContain('was not judged')
    expect(stderr).toMatch(/Judge it first: .* check /)
    expect(exitCode).toBe(2)
  })
})
