/** The real command line with every node in a network namespace of its own: packets are cut, lost and limited. */
import {afterAll, expect, test} from 'vitest'
import {whyNoNamespaces} from '../../hosts/netns/support.ts'
import {processesOf, Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())
const why = await whyNoNamespaces()
if (why !== undefined) console.warn(`SKIPPED: clusters in network namespaces, because ${why.reason}`)

test.skipIf(why !== undefined)(
  'raft in network namespaces keeps its promise; every fault is proved, nothing is left',
  async () => {
    const words = '--links netns --time 5s --interval 1500ms --rate 60/s --nemesis partition,loss --seed netns'
    const {exitCode, stdout, stderr} = await place.chaos('run', 'raft', ...words.split(' '))
    // On a busy machine a fault may not be provable.
    expect([0, 3], stdout + stderr).toContain(exitCode)
    const {cluster} = JSON.parse(place.read('.chaos', 'runs', 'latest', 'run.json'))
    expect(cluster).toMatch(/^\d network namespaces, packets under nftables$/)
    const {verdicts} = JSON.parse(place.read('.chaos', 'runs', 'latest', 'verdict.json'))
    const of = (name: string) => verdicts.find(({checker}: {checker: string}) => checker === name)
    expect(of('linearizable').validity).toBe('valid')
    for (const {fault, verified} of of('exercise').detail.faults) expect(verified, fault).toBeGreaterThan(0)
    expect(processesOf(place.directory)).toEqual([])
  },
  60_000,
)

test.skipIf(why !== undefined)(
  'a signal for the harness alone ends the run in its namespaces',
  async () => {
    const run = place.start(['run', 'raft', '--links', 'netns', '--time', '60s', '--nemesis', 'none'])
    await new Promise<void>((resolve) => {
      let said = ''
      run.stderr?.on('data', (text) => {
        said += String(text)
        if (said.includes('cluster up')) resolve()
      })
    })
    run.kill('SIGINT')
    expect((await run).exitCode).toBe(130)
    expect(processesOf(place.directory)).toEqual([])
  },
  50_000,
)
