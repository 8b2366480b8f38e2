/** What a target cannot be asked: the messages say what it accepts instead. */
import {expect, test} from 'vitest'
import {UsageError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {BUNDLED, TARGETS} from '../../targets/index.ts'
import {WORKLOADS} from '../../workloads/index.ts'
import {resolveRun} from './resolve.ts'
import {layerOf} from './run-settings.ts'

interface Asked {
  readonly bugs?: string[]
  readonly args?: string[]
  readonly nodes?: string
  readonly workload?: string
  readonly time?: string
  readonly interval?: string
  readonly concurrency?: string
  readonly keys?: string
  readonly rate?: string
  readonly ops?: string
  readonly toxiproxy?: string
  readonly 'check-memory'?: string
}

const ask = (target: string, {bugs = [], args = [], ...values}: Asked = {}) =>
  resolveRun({
    layers: [layerOf('flag', {target, ...values})],
    bugs,
    targetArgs: args,
    thresholds: [],
    freshSeed: '1',
    findTarget: async (name) => TARGETS[name]!,
  })

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'accepted',
    (error: unknown) => {
      expect(error).toBeInstanceOf(UsageError)
      const {message, hints} = error as UsageError
      return [message, ...hints].join(' ')
    },
  )

test.each([
  ['raft', {}, 5000],
  ['raft', {time: '10s'}, 5000],
  ['raft', {time: '3s'}, 1500],
  ['raft', {time: '3s', interval: '5s'}, 5000],
  ['raft', {time: '500ms'}, 250],
  ['postgres', {}, 8000],
  ['postgres', {time: '10s'}, 5000],
])('%s asked %j draws faults every %d ms', async (target, asked, intervalMs) => {
  expect((await ask(target, asked)).intervalMs).toBe(intervalMs)
})

/** What each bundled target is asked that it cannot do, and what the answer has to say. */
const REFUSED = Object.values(BUNDLED).flatMap(({name, accepts = {}, minNodes = 1, bugs, claims}) => {
  const names = Object.keys(accepts)
  const numbers = names.filter((each) => typeof accepts[each] === 'number')
  const words = names.filter((each) => typeof accepts[each] !== 'number')
  const foreign = Object.keys(WORKLOADS).find((workload) => !Object.hasOwn(claims, workload)) as string
  return [
    [
      'an unknown argument',
      name,
      {args: ['frobnicate=1']},
      ['"frobnicate"', ...(names.length === 0 ? ['none'] : names)],
    ],
    ...names.slice(0, 1).map((each) => ['a slip', name, {args: [`${each}s=1`]}, [`Did you mean "${each}"?`]]),
    ...numbers.map((each) => ['no number', name, {args: [`${each}=soon`]}, [`${each}=soon is not a number`]]),
    ...words.map((each) => ['no such word', name, {args: [`${each}=odd`]}, ['"odd"', ...(accepts[each] as string[])]]),
    ...(minNodes > 1 ? [['too few nodes', name, {nodes: String(minNodes - 1)}, [`at least ${minNodes} nodes`]]] : []),
    ...bugs.flatMap((bug) =>
      (bug.excludes ?? []).map((other) => [
        'bugs that exclude each other',
        name,
        {bugs: [bug.name, other]},
        [bug.name, other, 'exclude each other'],
      ]),
    ),
    ['too many nodes', name, {nodes: '100000'}, ['--nodes 100000', 'at most 100 on one machine', 'at most 200']],
    ['an unknown bug', name, {bugs: ['frobnicate']}, ['"frobnicate"', ...bugs.map((bug) => bug.name)]],
    ['a workload that it does not claim', name, {workload: foreign}, [foreign, ...Object.keys(claims)]],
  ] as [string, string, Asked, string[]][]
})

test.each(REFUSED)('%s of %s: %j', async (_, target, asked, words) => {
  const said = await refusal(ask(target, asked))
  for (const word of words) expect(said).toContain(word)
})

test.each([
  ['dynamo', ['n=7'], 'n=7 copies of each key need as many nodes, and there are 5'],
  ['dynamo', ['r=4'], 'r=4 and w=2 have to be from 1 to n=3'],
  ['gossip', ['suspectMs=500'], 'suspectMs=500 has to be at least 5 times probeMs=200'],
])('%s with %j', async (target, args, words) => {
  expect(await refusal(ask(target, {args}))).toContain(words)
})

test.each<[Asked, string]>([
  [{nodes: '99999999999999999999'}, '--nodes 99999999999999999999: expected at most 100 on one machine'],
  [{nodes: '201'}, 'at most 200 in simulated time or on several machines'],
  [{concurrency: '99n', nodes: '200'}, '--concurrency: expected at most 10000 in all. Got "99n".'],
  [{toxiproxy: 'foo'}, '--toxiproxy: expected embedded, auto or a URL such as http://127.0.0.1:8474. Got "foo".'],
  [{toxiproxy: 'http:'}, 'Got "http:".'],
  [{toxiproxy: 'localhost:8474'}, 'Got "localhost:8474". A Toxiproxy server speaks http'],
  [{'check-memory': '1'}, '--check-memory: expected at least 1 MB, e.g. 2GB. Got "1".'],
  [{keys: '1000001'}, '--keys: expected a whole number from 1 to 1000000. Got "1000001".'],
  [{interval: '0s'}, '--interval: expected at least 1ms, e.g. 30s. Got "0s".'],
  [{rate: '1000000/s'}, '--rate 1000000/s for --time 30s: that is a plan of 30 000 000 operations.'],
  [{rate: 'max', ops: '10000001'}, 'for --time 30s and --ops 10000001: that is a plan of 10 000 001 operations.'],
  [{time: '9999h'}, 'for --time 9999h: that is a plan of 7 199 280 000 operations. Expected: at most 10 000 000.'],
])('more than a machine holds is refused: %j', async (asked, words) => {
  // What is shown has spaces that do not break.
  expect((await refusal(ask('raft', asked))).toString().replaceAll('\u202f', ' ')).toContain(words)
})

test.each<Asked>([
  {nodes: '200', concurrency: '50n'},
  {rate: 'max', time: '9999h'},
  {rate: '1000000/s', ops: '10000000'},
])('as much as it holds is not: %j', async (asked) => {
  expect(await refusal(ask('raft', asked))).toBe('accepted')
})

test('the options of every bug are among those that its target takes', async () => {
  for (const [target, {bugs}] of Object.entries(BUNDLED)) {
    for (const {name} of bugs) expect(await refusal(ask(target, {bugs: [name]})), `${target} ${name}`).toBe('accepted')
  }
})

test('bugs that do not exist, or exclude each other', async () => {
  expect(await refusal(ask('zab', {bugs: ['skip-snyc']}))).toContain('skip-sync')
  const both = ask('primary-backup', {bugs: ['async-as-sync', 'ack-then-write']})
  expect(await refusal(both)).toContain('exclude each other')
  expect(await refusal(ask('primary-backup', {bugs: ['ack-then-write']}))).toBe('accepted')
})

test('an argument that takes the bug away', async () => {
  const tcc = ask('commit', {bugs: ['three-phase'], args: ['mode=tcc']})
  expect(await refusal(tcc)).toBe(
    'The bug "three-phase" does not go with --target-arg mode=tcc. It shows with mode=3pc: leave the argument out, or the bug.',
  )
  // A number makes it show more or less, and may be tried.
  expect(await refusal(ask('commit', {bugs: ['three-phase'], args: ['mode=3pc', 'voteMs=300']}))).toBe('accepted')
})

test('a bug that is given twice is switched on once', async () => {
  expect((await ask('raft', {bugs: ['stale-read', 'stale-read']})).bugs).toEqual(['stale-read'])
})

test('fewer nodes than the design needs', async () => {
  expect(await refusal(ask('registry', {nodes: '2'}))).toContain('at least 3 nodes')
  expect(await refusal(ask('registry', {nodes: '3'}))).toBe('accepted')
})

test('a claim that the workload cannot judge is refused: taken for a weaker one, it would pass', async () => {
  const claiming = (claims: Record<string, string>, workload = 'register') =>
    refusal(
      resolveRun({
        layers: [layerOf('flag', {target: 'mine', workload})],
        ...{bugs: [], targetArgs: [], thresholds: [], freshSeed: '1'},
        findTarget: async () => ({...TARGETS['kv']!, name: 'mine', claims: claims as Target['claims']}),
      }),
    )
  expect(await claiming({register: 'linearisable'})).toContain('Did you mean "linearizable"?')
  expect(await claiming({register: 'serializable'})).toContain('linearizable, sequential, eventual, convergent')
  expect(await claiming({regster: 'linearizable'})).toContain('no workload. Did you mean "register"?')
  expect(await claiming({register: 'sequential'})).toBe('accepted')
})

test('a workload that it does not claim', async () => {
  expect(await refusal(ask('zab', {workload: 'counter'}))).toContain('cas, register, set, lock, append')
})

test('a design that is wrong in itself is run so that it shows', async () => {
  const options = await ask('naive-2pc')
  expect(options.workload.name).toBe('set')
  expect(options.nemeses.map(({name}) => name)).toEqual(['kill', 'partition'])
})

test('a target may suggest other settings for one of its workloads, and a bug goes before', async () => {
  const rate = async (asked: Asked) => (await ask('kafka', asked)).ratePerS
  expect(await rate({workload: 'append'})).toBe(30)
  expect(await rate({workload: 'log'})).toBe(200)
  expect(await rate({bugs: ['read-uncommitted']})).toBe(200)
})
