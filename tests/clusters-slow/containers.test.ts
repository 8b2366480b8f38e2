/**
 * Pods of a stand-in `kubectl`, and, where a Docker engine with Compose 2 answers, real containers. The image is made of this
 * machine's own etcd, so nothing is fetched. In the slow suite for its duration alone.
 */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync} from 'node:fs'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {findProgram} from '../../hosts/local/needs.ts'
import {among, calls, FIXTURES, possible} from '../clusters/containers.ts'
import {processesOf, Workplace} from '../e2e/cli.ts'

let place: Workplace
beforeEach(() => {
  place = new Workplace()
})
afterEach(() => {
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})

const etcd = findProgram('etcd')
const engine = (() => {
  try {
    execFileSync('sh', ['-c', 'docker info && docker compose version'], {stdio: 'ignore', timeout: 10_000})
    return true
  } catch {
    return false
  }
})()
const verdicts = () => JSON.parse(place.read('.chaos', 'runs', 'latest', 'verdict.json')).verdicts

function expectProved(said: string, exitCode: number | undefined, promised = 'linearizable') {
  expect([0, 3], said).toContain(exitCode)
  const of = (name: string) => verdicts().find(({checker}: {checker: string}) => checker === name)
  expect(of(promised).validity).toBe('valid')
  for (const {fault, verified} of of('exercise').detail.faults) expect(verified, fault).toBeGreaterThan(0)
}

// Needs root, nftables and etcd.
describe.skipIf(!possible || etcd === undefined)('Kubernetes', () => {
  test('pods are cut and killed, come back, and keep no rule of ours', async () => {
    const {exitCode, said} = await among(
      place,
      `sed 's/etcd\\([1-3]\\)/etcd-\\1/g' $fixtures/etcd.yml > pods.yml; kubectl apply --filename=pods.yml
      $chaos run etcd --kubernetes app=etcd --time 8s --interval 2s --rate 50/s --nemesis partition:minority,kill; code=$?
      for pid in $(cat room/containers/*/pid); do nsenter --net=/proc/$pid/ns/net nft list tables; kill -KILL $pid; done > left
      exit $code`,
    )
    expectProved(said, exitCode)
    expect(place.read('left')).toBe('')
    expect(calls(place).filter(([, verb]) => verb === 'delete').length).toBeGreaterThan(0)
  }, 120_000)
})

const zookeeper = existsSync('/usr/share/java/zookeeper.jar') && findProgram('java') !== undefined

// Needs root, nftables, Java and Debian's zookeeper.
test.skipIf(!possible || !zookeeper)(
  'a Compose file of ZooKeeper',
  async () => {
    const words = '--time 8s --interval 2s --rate 50/s --nemesis partition:minority,kill:one,pause:one'
    const {exitCode, said} = await among(place, `$chaos run zookeeper --compose $fixtures/zookeeper.yml ${words}`)
    expectProved(said, exitCode, 'sequential')
  },
  120_000,
)

// Needs a Docker engine on this machine with Compose 2, root and etcd.
describe.skipIf(!engine || etcd === undefined)('a real engine', () => {
  test('the project comes up, is cut, killed, frozen, judged and taken down', async () => {
    mkdirSync(place.file('image'))
    execFileSync(
      'sh',
      [
        '-ec',
        `for file in ${etcd} $(ldd ${etcd} | grep -o '/[^ ]*'); do mkdir -p image/$(dirname $file); cp -L $file image$file; done
      mkdir -p image/tmp; tar -C image -c . | docker import - local/etcd:1 >/dev/null`,
      ],
      {cwd: place.directory},
    )
    const words = [
      'run',
      'etcd',
      '--compose',
      `${FIXTURES}/etcd.yml`,
      '--time',
      '12s',
      '--interval',
      '3s',
      '--rate',
      '60/s',
    ]
    const {exitCode, stdout, stderr} = await place.chaos(...words, '--nemesis', 'partition,kill,pause')
    expectProved(stdout + stderr, exitCode)
    const left = execFileSync('docker', ['ps', '--all', '--quiet', '--filter', 'name=^chaos-'], {encoding: 'utf8'})
    expect(left).toBe('')
  }, 120_000)
})
