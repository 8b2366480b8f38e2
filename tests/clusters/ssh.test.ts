/**
 * Clusters on machines reached by SSH: real sshd processes, each in namespaces of its own (`tests/e2e/ssh-machines.sh`), with
 * nothing of chaos on them.
 */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {fileURLToPath} from 'node:url'
import {execa} from 'execa'
import {afterAll, afterEach, beforeEach, describe, expect, test} from 'vitest'
import {CHAOS, processesOf, Workplace} from '../e2e/cli.ts'

const MACHINES = fileURLToPath(new URL('../e2e/ssh-machines.sh', import.meta.url))
const possible = process.getuid?.() === 0 && existsSync('/usr/sbin/sshd') && has('unshare') && has('ssh')

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`])
    return true
  } catch {
    return false
  }
}

const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith('chaos-ssh-'))

// Needs root, OpenSSH's server and Linux namespaces.
describe.skipIf(!possible)('over SSH', () => {
  let place: Workplace
  let before: string[]
  beforeEach(() => {
    before = ours()
    place = new Workplace()
    mkdirSync(place.file('ssh'))
  })
  afterEach(() => {
    expect(processesOf(place.directory)).toEqual([])
    expect(ours()).toEqual(before)
    place.dispose()
  })

  /** Runs a shell script among so many machines; `$chaos` is the command, with the machines it may use. */
  async function among(count: number, script: string) {
    const names = Array.from({length: count}, (_, i) => `m${i + 1}`)
    writeFileSync(place.file('script.sh'), `set -u\n${script}`)
    const {exitCode, stdout, stderr} = await execa(
      MACHINES,
      [String(count), place.file('ssh'), 'sh', place.file('script.sh')],
      {
        cwd: place.directory,
        reject: false,
        timeout: 80_000,
        killSignal: 'SIGKILL',
        env: {
          NO_COLOR: '1',
          CI: '1',
          chaos: `${process.execPath} ${CHAOS}`,
          hosts: `--hosts ${names.join(',')} --ssh --ssh-config ${place.file('ssh', 'ssh_config')}`,
          ssh: `ssh -F ${place.file('ssh', 'ssh_config')}`,
        },
      },
    )
    return {exitCode, stdout, stderr}
  }

  const run = (name = 'latest') => JSON.parse(place.read('.chaos', 'runs', name, 'run.json'))
  const verdict = (name = 'latest') => JSON.parse(place.read('.chaos', 'runs', name, 'verdict.json'))
  /** What chaos could have left on the machines. */
  const LEFT = (count: number) =>
    `for k in $(seq ${count}); do $ssh m$k 'ls /tmp; pgrep -af "process/main|etcd" | grep -v pgrep'; done`

  test('five nodes of raft: every fault bites, nothing is left on the machines', async () => {
    const words = '--time 12s --interval 3s --rate 60/s --nemesis partition,kill,pause --seed ssh'
    const {exitCode, stdout, stderr} = await among(
      5,
      `$chaos run raft $hosts ${words}; code=$?; { ${LEFT(5)}; } > left; exit $code`,
    )
    // On a busy machine a fault may not be provable.
    expect([0, 3], stdout + stderr).toContain(exitCode)
    expect(place.read('left')).toBe('')
    expect(run().cluster).toMatch(/25 proxied links, .*, 5 machines by SSH$/)
    const {verdicts} = verdict()
    expect(verdicts.find(({checker}: {checker: string}) => checker === 'linearizable').validity).toBe('valid')
    const faults = verdicts.find(({checker}: {checker: string}) => checker === 'exercise').detail.faults
    for (const {fault, verified} of faults) expect(verified, fault).toBeGreaterThan(0)
  }, 120_000)

  test.skipIf(!has('etcd'))(
    'three nodes of etcd, which know nothing of it',
    async () => {
      const words = '--time 12s --interval 3s --rate 60/s --nemesis partition,kill,pause'
      const {exitCode, stdout, stderr} = await among(
        3,
        `$chaos run etcd $hosts ${words}; code=$?; { ${LEFT(3)}; } > left; exit $code`,
      )
      expect([0, 3], stdout + stderr).toContain(exitCode)
      expect(place.read('left')).toBe('')
      expect(run().cluster).toMatch(/^etcd 3\..*, 3 machines by SSH$/)
      const {verdicts} = verdict()
      expect(verdicts.find(({checker}: {checker: string}) => checker === 'linearizable').validity).toBe('valid')
    },
    120_000,
  )

  test('a machine that is lost in mid-run ends it, says which, and keeps what is known', async () => {
    // The first process of the machine's namespace takes all others with it.
    const lose = `
      while kill -0 $run && [ "$(cat .chaos/runs/*raft*/history.jsonl 2>/dev/null | wc -l)" -lt 40 ]; do :; done
      for pid in $(pgrep -f 'sshd -D'); do nsenter -t $pid -n ip -br addr | grep -q 10.79.2.2 && kill -KILL $pid; done`
    const {exitCode, stdout, stderr} = await among(
      3,
      `$chaos run raft $hosts --nemesis none --time 60s & run=$!; ${lose}; wait $run; code=$?; { ${LEFT(1)}; } > left; exit $code`,
    )
    expect(exitCode, stdout + stderr).toBe(4)
    expect(stdout + stderr).toMatch(/Node n2 was lost with its machine m2/)
    const [name] = readdirSync(place.file('.chaos', 'runs')).filter((one) => one.includes('raft'))
    expect(place.read('.chaos', 'runs', name as string, 'history.jsonl').split('\n').length).toBeGreaterThan(10)
  }, 120_000)

  // Five starts of the command line take too long for a gate: CHAOS_SLOW=1 runs it.
  test.skipIf(process.env['CHAOS_SLOW'] === undefined)(
    'machines that cannot be used say why',
    async () => {
      const config = 'sed "s,known_hosts$,$1,;s,ssh/user$,$2," ssh/ssh_config > ssh/other'
      const {stdout, stderr} = await among(
        1,
        `try() { echo "== $1"; $chaos run raft --nodes 1 --nemesis none --hosts $2 --ssh --ssh-config $3 2>&1; echo "exit $?"; }
      other() { ${config}; }
      $ssh m1 'echo "echo Welcome to m1" > .bashrc'; try noise m1 ssh/ssh_config
      $ssh m1 'rm .bashrc'
      ssh-keygen -q -t ed25519 -N '' -f ssh/stranger
      sed "s,ssh-ed25519 .*,$(cut -d' ' -f1,2 ssh/stranger.pub)," ssh/known_hosts > ssh/changed
      other changed ssh/user; try 'changed key' m1 ssh/other
      other none ssh/user; try 'unknown key' m1 ssh/other
      other known_hosts ssh/stranger; try 'not let in' m1 ssh/other
      try unreachable 10.79.1.99 ssh/ssh_config
      ${LEFT(1)}`,
      )
      const [, ...tries] = stdout.split('== ')
      const said = Object.fromEntries(tries.map((text) => text.split(/\n(.*)/s).slice(0, 2)))
      for (const text of tries) expect(text, stderr).toMatch(/cannot be used by SSH\..*\nexit 4/s)
      expect(said['noise']).toContain('Before any command it prints "Welcome to m1"')
      expect(said['changed key']).toMatch(/Host key verification failed|IDENTIFICATION HAS CHANGED/)
      expect(said['unknown key']).toContain('Host key verification failed')
      expect(said['not let in']).toContain('Permission denied')
      expect(said['unreachable']).toContain('10.79.1.99 cannot be used by SSH.')
      expect(stdout).not.toContain('    at ')
    },
    120_000,
  )

  test.each(['INT', 'TERM', 'KILL'])(
    'SIG%s leaves nothing, here or there',
    async (signal) => {
      const {stdout, stderr} = await among(
        3,
        `$chaos run raft $hosts --time 60s >/dev/null 2>&1 & chaos_pid=$!
      for k in 1 2 3; do until $ssh m$k 'pgrep -f process/main' >/dev/null; do :; done; done
      kill -${signal} $chaos_pid; wait $chaos_pid
      until [ -z "$(${LEFT(3)})" ]; do :; done
      echo clean`,
      )
      expect(stdout, stderr).toContain('clean')
      // The warden takes away what a harness that was killed had here.
      await expect.poll(ours).toEqual(before)
    },
    90_000,
  )
})

describe('what cannot be', () => {
  const place = new Workplace()
  afterAll(() => place.dispose())
  test.each([
    [['--hosts', 'a,b,c', '--nodes', '5'], 2, '--hosts names 3 machines, and there are 5 nodes.'],
    [['--hosts', 'a,a,b'], 2, '--hosts names a twice'],
    [['--hosts', 'b,-oProxyCommand=x'], 2, '"-oProxyCommand=x" is no machine'],
    [['--hosts', 'a,,b'], 2, '"" is no machine'],
    [['--ssh-config', 'file'], 2, '--ssh-config without --hosts'],
    [['--hosts', '127.0.0.1:1'], 4, '127.0.0.1:1 cannot be used by SSH.'],
  ])('%j is refused', async (words, code, sentence) => {
    const {exitCode, stderr, stdout} = await place.chaos('run', 'raft', '--nemesis', 'none', ...words)
    expect(exitCode, stdout + stderr).toBe(code)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
  })
})
