/** A search whose threads have too little memory, or whose findings too little room. */
import {spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {afterAll, describe, expect, test} from 'vitest'
import {CHAOS, Workplace} from './cli.ts'

const at = new Workplace()
afterAll(() => at.dispose())

describe('chaos sim without enough memory', () => {
  const small = {NODE_OPTIONS: '--max-old-space-size=64'}
  /** A design of one's own: the second cluster of a thread never stops to grow, the first one throws. */
  const protocol = `{
    createNode: (env, options) => ({
      start() {
        // A node that is started again belongs to the same cluster.
        if (options.nodes !== nodes) clusters++
        nodes = options.nodes
        if (clusters > 1) for (const all = []; ; ) all.push(new Array(1000).fill(all.length))
      },
      message() {},
      timer() {},
      request(request, message) {
        if (message.type === 'status') env.reply(request, {type: 'status', role: 'peer', ready: true})
        else throw new Error('fell over')
      },
    }),
    createSession: (env) => ({invoke: (op) => env.send(env.home, {f: op.f}), message() {}, timer() {}}),
  }`
  const claims = "claims: {register: 'linearizable'}, functions: ['read', 'write']"
  const target = `{name: 'hungry', description: '', ${claims}, bugs: [], defaultNodes: 1, capabilities: () => ({}), start() {}, protocol: ${protocol}}`
  const search = [
    'sim',
    'hungry',
    '--config',
    'hungry.config.mjs',
    '--workers',
    '1',
    '--time',
    '1s',
    '--nemesis',
    'none',
  ]

  test('names the seed, and keeps what it had found until then', async () => {
    writeFileSync(
      at.file('hungry.config.mjs'),
      `let nodes, clusters = 0\nexport default {targets: {hungry: ${target}}}`,
    )
    const {exitCode, stdout, stderr} = await at.start([...search, '--seed', 'm', '--seeds', '3', '--keep-going'], small)
    expect(stderr).toContain('Seed m-1 ran out of memory.')
    expect(stderr).toContain('NODE_OPTIONS=')
    expect(stderr).toMatch(/Go on .*--resume/)
    expect(stdout).toContain('1 of 1 seed failed, 1 kept as a run')
    expect(exitCode).toBe(1)
  })
  test('is the fault of the environment, not a bug of ours', async () => {
    const hungry = target.replace('clusters > 1', 'clusters > 0')
    writeFileSync(
      at.file('hungry.config.mjs'),
      `let nodes, clusters = 0\nexport default {targets: {hungry: ${hungry}}}`,
    )
    const {exitCode, stderr} = await at.start([...search, '--seed', 'm', '--seeds', '3'], small)
    expect(stderr).toContain('Seed m-0 ran out of memory.')
    expect(stderr).not.toContain('bug in chaos')
    expect(exitCode).toBe(4)
  })
})

/** Runs a script in which `full` is a disk of 400 kB; undefined where this machine lets nobody mount one. */
function withSmallDisk(script: string) {
  mkdirSync(at.file('full'), {recursive: true})
  const mounted = 'mount -t tmpfs -o size=400k none full'
  const inNamespace = (text: string) =>
    spawnSync('unshare', ['-rm', 'sh', '-c', text], {cwd: at.directory, encoding: 'utf8'})
  return inNamespace(mounted).status === 0 ? inNamespace(`${mounted} && ${script}`) : undefined
}

test('what was proved stays proved where there is no room to keep it', ({skip}) => {
  const search = 'sim raft --bug stale-read --seeds 2 --time 20s --seed a --output full --json'
  const ran = withSmallDisk(`exec ${process.execPath} ${CHAOS} ${search}`)
  if (ran === undefined) return skip('no disk can be mounted here')
  expect(ran.stderr).toContain('the disk is full')
  expect(JSON.parse(ran.stdout)).toMatchObject({failed: 1, findings: [{exitCode: 1, attempt: {unsafe: true}}]})
  expect(ran.status).toBe(1)
})
