/** The exact words of every command line that is executed on containers. */
import {execFileSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import {composeCommands, containerCommands, containerLife} from './compose-commands.ts'
import {kubernetesCommands} from './kubernetes-commands.ts'
import {probe} from './network.ts'

/** Whether a POSIX shell can read it. */
const parses = (script: string) => execFileSync('sh', ['-n'], {input: script})

describe('Compose', () => {
  const commands = composeCommands({file: 'my file.yml', project: 'chaos-7'})
  const start = ['docker', 'compose', '--file', 'my file.yml', '--project-name', 'chaos-7']

  test('the project', () => {
    expect(commands).toEqual({
      version: ['docker', 'compose', 'version', '--short'],
      up: [...start, 'up', '--detach'],
      containers: [...start, 'ps', '--all', '--format', 'json'],
      down: [...start, 'down', '--volumes', '--remove-orphans', '--timeout', '0'],
    })
  })

  test('one container', () => {
    expect(containerCommands.inspect('a1')).toEqual(['docker', 'inspect', '--type', 'container', 'a1'])
    expect(containerCommands.kill('a1')).toEqual(['docker', 'kill', '--signal', 'KILL', 'a1'])
    expect(containerCommands.start('a1')).toEqual(['docker', 'start', 'a1'])
    expect(containerCommands.pause('a1')).toEqual(['docker', 'pause', 'a1'])
    expect(containerCommands.resume('a1')).toEqual(['docker', 'unpause', 'a1'])
    expect(containerCommands.port('a1', 2379)).toEqual(['docker', 'port', 'a1', '2379/tcp'])
    expect(containerCommands.wait('a1')).toEqual(['docker', 'wait', 'a1'])
    expect(containerCommands.inside(42, ['nft', '-f', '-'])).toEqual([
      ...['nsenter', '--net=/proc/42/ns/net', '--', 'nft', '-f', '-'],
    ])
  })

  test('its life is a script, with the name as one word', () => {
    const script = containerLife("it's")
    expect(script).toContain(`docker start 'it'\\''s' >/dev/null || exit 125`)
    parses(script)
  })
})

describe('Kubernetes', () => {
  const here = kubernetesCommands({})
  const there = kubernetesCommands({context: 'my cluster', namespace: 'db'})

  test('context and namespace come first, each as one word', () => {
    expect(there.pods('app in (a,b)')).toEqual([
      ...[
        'kubectl',
        '--context=my cluster',
        '--namespace=db',
        'get',
        'pods',
        '--selector=app in (a,b)',
        '--output=json',
      ],
    ])
    expect(here.pods('app=etcd')).toEqual(['kubectl', 'get', 'pods', '--selector=app=etcd', '--output=json'])
  })

  test('one pod', () => {
    expect(here.pod('etcd-0')).toEqual(['kubectl', 'get', 'pod', 'etcd-0', '--ignore-not-found', '--output=json'])
    expect(here.kill('etcd-0')).toEqual(['kubectl', 'delete', 'pod', 'etcd-0', '--grace-period=1', '--wait=true'])
    expect(here.forward('etcd-0', 4001, 2379)).toEqual([
      ...['kubectl', 'port-forward', '--address=127.0.0.1', 'pod/etcd-0', '4001:2379'],
    ])
    expect(here.toolbox('etcd-0', 'chaos-7', 'registry/image:1')).toEqual([
      ...['kubectl', 'debug', 'pod/etcd-0', '--image=registry/image:1', '--profile=netadmin', '--container=chaos-7'],
      ...['--quiet', '--', 'sh', '-c', "trap 'exit 0' TERM; sleep 86400 & wait $!"],
    ])
    expect(here.inside('etcd-0', 'chaos-7', ['nft', '-f', '-'])).toEqual([
      ...['kubectl', 'exec', '--stdin', '--quiet', 'pod/etcd-0', '--container=chaos-7', '--', 'nft', '-f', '-'],
    ])
    expect(here.leave('etcd-0', 'chaos-7')).toEqual([
      ...['kubectl', 'exec', '--quiet', 'pod/etcd-0', '--container=chaos-7', '--', 'sh', '-c'],
      'nft delete table inet chaos; kill -TERM 1',
    ])
  })

  test('its life is a script, with context and namespace in every line that asks', () => {
    const script = there.life('etcd-0', 'main')
    const asks = script.split('\n').filter((line) => line.includes('kubectl'))
    expect(asks).toHaveLength(4)
    for (const line of asks) expect(line).toContain(`kubectl '--context=my cluster' --namespace=db `)
    parses(script)
  })
})

test('a probe opens a connection and has a limit', () => {
  const [timeout, limit, bash, c, script] = probe('10.1.2.3', 2379, 250)
  expect([timeout, limit, bash, c]).toEqual(['timeout', '0.25', 'bash', '-c'])
  expect(script).toContain('/dev/tcp/10.1.2.3/2379')
})
