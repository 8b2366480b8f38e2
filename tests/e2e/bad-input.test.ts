/** Bad input gets a clear error that quotes what it got and lists what it accepts, exit 2 or 4, and no stack trace. */

import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {afterAll, expect, test} from 'vitest'
import {processesOf, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

async function refused(args: string[], exitCode: number, ...words: string[]) {
  const ended = await place.chaos(...args)
  for (const word of words) expect(ended.stderr).toContain(word)
  expect(ended.stderr).not.toMatch(/^\s+at /m)
  expect(ended.exitCode).toBe(exitCode)
  return ended
}

test.each<[string[], ...string[]]>([
  [['runn'], 'Unknown command "runn". Did you mean "run"?', 'Commands: run,'],
  [['toString'], 'Unknown command "toString".'],
  [['run', 'rfat'], 'Unknown target "rfat". Did you mean "raft"?', 'Targets: raft'],
  [['run', '__proto__'], 'Unknown target "__proto__".'],
  [['run', '--tme', '5s'], '--tme', 'Did you mean --time?'],
  [['run', '--time-limit', '5'], '--time-limit', 'Did you mean --time?'],
  [['run', '--vus', '5'], '--vus', 'Did you mean --concurrency?'],
  [['run', '--rate', 'fast'], '--rate: expected <number>[/s] or max, e.g. 200/s. Got "fast".'],
  [['run', '--time', 'soon'], '--time: expected <number>(ms|s|m|h), e.g. 30s. Got "soon".'],
  [['run', '--nodes', '0'], '--nodes: expected a whole number, at least 1. Got "0".'],
  [['run', '--nodes', '101', '--time', '1s'], '--nodes 101: one machine holds at most 100, each of them a process.'],
  [['run', '--seed', ''], '--seed: expected some text. Got "".', 'Leave it out for a fresh one.'],
  [['sim', '--seed', ' '], '--seed: expected some text.'],
  [['ci', '--seed', ''], '--seed: expected some text.'],
  [['run', '-w', 'regster'], 'Unknown workload "regster". Did you mean "register"?'],
  [['run', 'gossip', '-w', 'cas'], 'Target gossip does not support the workload cas', 'It supports: set'],
  [['run', '--nemesis', 'partion'], 'Unknown fault "partion". Did you mean "partition"?'],
  [['run', '--nemesis', 'kill:ledaer'], 'Unknown kill variant "ledaer". Did you mean "leader"?'],
  [['run', '--bug', 'stale-reed'], 'Unknown bug of raft "stale-reed". Did you mean "stale-read"?'],
  [
    ['run', '--target-arg', 'electionms=70'],
    'Unknown target argument of raft "electionms". Did you mean "electionMs"?',
    'Target arguments of raft: ',
  ],
  [['run', '--threshold', 'p99<fast'], 'p99<fast'],
  [['run', '--reporter', 'lst'], 'Unknown reporter "lst". Did you mean "list"?'],
  [['run', '--config', 'nowhere.ts'], 'No such configuration file: nowhere.ts'],
  [['check', 'nowhere'], 'No such history or run: nowhere', 'Expected: a file, a directory of a run'],
  [['list', 'tragets'], 'Unknown list "tragets". Did you mean "targets"?'],
  [['init', 'here'], 'chaos init takes no argument. Got "here".', 'chaos init --help'],
  [['campaign', 'wrker'], 'chaos campaign takes no argument. Got "wrker".', 'campaign worker, campaign merge'],
  [['explain', 'stale-reed'], 'Did you mean "stale-read"?'],
  [['proxy', '-port', '99999'], '-port: expected a port from 0 to 65535. Got "99999".'],
])('chaos %j', async (args, ...words) => {
  await refused(args, 2, ...words)
})

test('a malformed history is shown with file, line and column', async () => {
  writeFileSync(place.file('h.jsonl'), '{"index":0,"time":1,"type":"ok","process":7,"f":"read","value":3}\n')
  await refused(['check', 'h.jsonl'], 2, 'h.jsonl:1:43', 'process 7 has no open invocation', '^')
})

test('an empty list says that it is empty', async () => {
  const {exitCode, stdout, stderr} = await place.chaos('list', 'runs', '-o', 'no-runs')
  expect({exitCode, stdout, stderr}).toEqual({exitCode: 0, stdout: '', stderr: 'There are no runs yet.\n'})
})

test('an empty history is unknown: nothing was tested', async () => {
  writeFileSync(place.file('empty.jsonl'), '')
  const {exitCode, stdout} = await place.chaos('check', 'empty.jsonl')
  expect(stdout).toContain('UNKNOWN')
  expect(exitCode).toBe(3)
})

test('a place where nothing can be written is named', async () => {
  writeFileSync(place.file('file'), '')
  await refused(['run', 'gossip', '--time', '1s', '-o', 'file/runs'], 4, 'Cannot create the run directory in', '-o DIR')
})

test('a taken port is named', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as {port: number}
  await refused(['proxy', '-host', '127.0.0.1', '-port', String(port)], 4, String(port))
  server.close()
})

test('an unreachable toxiproxy is named', async () => {
  await refused(['run', 'gossip', '--time', '1s', '--toxiproxy', 'http://127.0.0.1:1'], 4, '127.0.0.1:1')
})

const external = (name: string, command: string) => {
  mkdirSync(place.file(name), {recursive: true})
  writeFileSync(
    place.file(name, 'chaos.config.mjs'),
    `export default {targets: {it: {command: ${JSON.stringify(command)}, claims: {register: 'linearizable'}, nodes: 1,
      client: () => ({operations: {read: async () => 1, write: async () => 1}, close: async () => {}})}}}`,
  )
  return place.file(name, 'chaos.config.mjs')
}

test('a target whose binary is missing', async () => {
  const config = external('missing', './no-such-binary --port {port}')
  await refused(['run', 'it', '--time', '1s', '--nemesis', 'none', '--config', config], 4, 'Node n1', 'no-such-binary')
  expect(processesOf(place.directory)).toEqual([])
})

test('a target that dies at once: exit 4 with the end of its log', async () => {
  const config = external('dying', 'node -e "console.log(\'out of cheese\'); process.exit(7)"')
  await refused(
    ['run', 'it', '--time', '1s', '--nemesis', 'none', '--config', config],
    4,
    'ended with exit code 7',
    'out of cheese',
  )
  expect(processesOf(place.directory)).toEqual([])
})

test('a configuration that makes no sense says where', async () => {
  writeFileSync(place.file('bad.mjs'), 'export default {tragets: {}}')
  await refused(['run', '--config', 'bad.mjs'], 2, 'bad.mjs is not a valid configuration', 'Did you mean "targets"?')
})

test.each([
  ['{"time": "3s"}', 'top level: "time" is a setting of runs and belongs under run.', 'Known: targets, '],
  ['[]', 'top level: expected an object. Got [].'],
  ['{"targets": {"x": {"command": 5}}}', 'targets.x.command: expected a text. Got 5.'],
  ['{"targets": {"x": 5}}', 'targets.x: expected a text, or an object. Got 5.'],
  [
    '{"profiles": {"n": {"budge": "1m"}}}',
    'profiles.n: unknown key "budge". Did you mean "budget"?',
    'Known: matrix, ',
  ],
  [
    '{"profiles": {"n": {"canaries": "some"}}}',
    'profiles.n.canaries: expected "all" or "none", or a list. Got "some".',
  ],
  ['{"plugins": [{"tragets": {}}]}', 'plugins.0: unknown key "tragets". Did you mean "targets"?'],
  ['{"run": {"time": null}}', 'run.time: expected a text, or a number, or true or false, or a list. Got null.'],
])('a configuration %s is told what may stand there', async (text, ...words) => {
  writeFileSync(place.file('bad.json'), text)
  await refused(['run', '--config', 'bad.json'], 2, ...words)
})
