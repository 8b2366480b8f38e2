/** What is asked for of containers, and what does not go together. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {TARGETS} from '../../targets/index.ts'
import {containerCount, containersOf, demandContainers, usualFaults} from './containers.ts'
import {layerOf, Settings} from './run-settings.ts'

let directory: string
let file: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-settings-'))
  file = join(directory, 'compose.yml')
  const service = (name: string) => `  ${name}: {image: x, ports: ["2379", "2380"]}\n`
  writeFileSync(file, `services:\n${service('a')}${service('b')}`)
})
afterAll(() => rmSync(directory, {recursive: true}))

const asked = (values: Readonly<Record<string, string>>, target = 'etcd') =>
  containersOf(new Settings([layerOf('flag', values)]), TARGETS[target] as (typeof TARGETS)[string])

test('a Compose file is read, and says how many nodes there are', () => {
  const containers = asked({compose: file, 'compose-project': 'mine', 'client-port': '2380'})
  expect(containers).toMatchObject({engine: 'compose', file, project: 'mine', port: 2380})
  expect(containerCount(containers)).toBe(2)
  expect(() => demandContainers(containers, 5)).toThrow('has 2 nodes, and --nodes asks for 5')
})

test('a selector is taken as it is, with where to look', () => {
  const containers = asked({kubernetes: 'app=etcd', 'kube-context': 'c', 'kube-namespace': 'n', 'kube-image': 'i'})
  expect(containers).toEqual({engine: 'kubernetes', selector: 'app=etcd', context: 'c', namespace: 'n', image: 'i'})
  expect(usualFaults(containers as NonNullable<typeof containers>)).toBe('partition,kill')
})

test('nothing is asked for', () => expect(asked({})).toBeUndefined())

test.each([
  ['raft', {compose: 'c.yml'}, 'the target raft cannot be had in containers: its nodes are code of chaos'],
  ['postgres', {kubernetes: 'a=b'}, 'the target postgres cannot be had in containers: chaos has to start it itself'],
  ['etcd', {compose: 'missing.yml'}, '--compose missing.yml: there is no such file.'],
  ['etcd', {compose: 'c.yml', kubernetes: 'a=b'}, '--compose and --kubernetes: nodes are in one place.'],
  ['etcd', {compose: 'c.yml', 'compose-project': 'Big'}, '--compose-project Big is no name of a project'],
  ['etcd', {compose: 'c.yml', 'client-port': 'x'}, '--client-port'],
  ['etcd', {compose: 'c.yml', 'kube-context': 'x'}, '--kube-context without --kubernetes.'],
  ['etcd', {kubernetes: 'a=b', 'compose-project': 'x'}, '--compose-project without --compose.'],
  ['etcd', {'client-port': '1'}, '--client-port without --compose or --kubernetes.'],
])('%s with %j is refused', (target, values, sentence) => expect(() => asked(values, target)).toThrow(sentence))

test('a port that is not published is refused before anything starts', () => {
  expect(() => asked({compose: file, 'client-port': '99'})).toThrow('The service a does not publish the port 99')
})
