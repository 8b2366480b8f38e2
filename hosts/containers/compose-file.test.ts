/** What is taken from a Compose file, and what is refused. */
import {describe, expect, test} from 'vitest'
import {clientPort, parseComposeFile} from './compose-file.ts'

const parsed = (text: string) => parseComposeFile(text, 'c.yml')
const service = (more = '') => `services:\n  a:\n    image: x\n    ports: ["2379"]\n${more}`

describe('nodes', () => {
  test('are the services that publish a port, each replica one', () => {
    const {nodes, published} = parsed(`
services:
  a: &a {image: x, ports: ["12379:2379", "53:53/udp"]}
  b: {<<: *a, deploy: {replicas: 2}}
  c: {image: x, ports: ["127.0.0.1:\${PORT:-80}:2379/tcp", {target: 2380, published: 9}]}
  d: {image: x}
  e: {image: x, ports: [1], profiles: [debug]}`)
    expect(nodes).toEqual([
      {service: 'a', replica: 1},
      {service: 'b', replica: 1},
      {service: 'b', replica: 2},
      {service: 'c', replica: 1},
    ])
    expect(published).toMatchObject({a: [2379], b: [2379], c: [2379, 2380], d: []})
  })

  test('or those that x-chaos names', () => {
    const {nodes, client} = parsed(`${service('  b: {image: x, ports: [80]}\n')}x-chaos: {nodes: [b], client: 80}\n`)
    expect(nodes).toEqual([{service: 'b', replica: 1}])
    expect(client).toBe(80)
  })
})

describe('refused', () => {
  test.each([
    ['a: [', /c\.yml is no YAML: .* at line 1, column \d+\.$/],
    ['version: "3"', /has no services/],
    ['services: {}', /has no services/],
    ['services: {a: {image: x}}', /no service publishes a port/],
    [`${service()}x-chaos: {nodes: [z]}`, /x-chaos names the node "z", and there is no such service/],
    [`${service('  b: {image: x}\n')}x-chaos: {nodes: [b]}`, /the service b publishes no port/],
    [`${service()}x-chaos: {node: [a]}`, /x-chaos does not fit/],
    [`${service()}x-chaos: {client: 70000}`, /x-chaos does not fit: client/],
    [service('    network_mode: host\n'), /a has network_mode: host/],
    [service('    volumes: ["./data:/var/lib/etcd"]\n'), /a writes to \.\/data, which outlives a run/],
    [service('    volumes: [{type: bind, source: /srv, target: /d}]\n'), /a writes to \/srv/],
    [`${service('    volumes: ["kept:/d"]\n')}volumes: {kept: {external: true}}`, /a writes to kept/],
  ])('%j', (text, sentence) => expect(() => parsed(text)).toThrow(sentence))

  test('not: volumes that end with the run, those that are only read, those that somebody sees to', () => {
    for (const volume of [
      'named:/d',
      './conf:/etc/conf:ro',
      '/d',
      '{type: bind, source: ./c, target: /c, read_only: true}',
    ]) {
      const text = volume.startsWith('{') ? volume : `"${volume}"`
      expect(parsed(`${service(`    volumes: [${text}]\n`)}volumes: {named: {}}`).nodes).toHaveLength(1)
    }
    expect(parsed(`${service('    volumes: ["./data:/d"]\n')}x-chaos: {kept: [./data]}`).nodes).toHaveLength(1)
  })
})

describe('the port of clients', () => {
  test('is the one that was asked for, the usual one, or the only one', () => {
    expect(clientPort('a', [1, 2], 2, 1)).toBe(2)
    expect(clientPort('a', [1, 2379], undefined, 2379)).toBe(2379)
    expect(clientPort('a', [7], undefined, 2379)).toBe(7)
  })
  test('or has to be told', () => {
    expect(() => clientPort('a', [1, 2], undefined, 2379)).toThrow('The service a publishes several ports')
    expect(() => clientPort('a', [1, 2], 3, 2379)).toThrow('The service a does not publish the port 3')
  })
})
