/** What engines say, and the rules that nodes are given. */
import {execFileSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import {idsInForce} from '../links/packet-faults.ts'
import {containersOf, inspected, publishedAt} from './compose.ts'
import {chosenPods, hasToolbox, type Pod, podPort, refuseUnlasting, standingOf} from './pods.ts'
import {transaction} from './rules.ts'

describe('Docker', () => {
  test('lists containers an object a line, or in one list as before Compose 2.21', () => {
    const a = {ID: '1', Name: 'p-a-1', Service: 'a'}
    expect(containersOf(`${JSON.stringify(a)}\n${JSON.stringify({...a, ID: '2'})}\n`)).toHaveLength(2)
    expect(containersOf(JSON.stringify([a]))).toEqual([a])
    expect(containersOf('\n')).toEqual([])
  })
  test('says where a port is published', () => {
    expect(publishedAt('0.0.0.0:49153\n[::]:49153\n')).toEqual({host: '127.0.0.1', port: 49_153})
    expect(publishedAt('[::1]:80')).toEqual({host: '::1', port: 80})
    expect(publishedAt('')).toBeUndefined()
  })
  test('says how a container is', () => {
    const said = (Status: string) =>
      JSON.stringify([
        {State: {Status, Pid: 7}, NetworkSettings: {Networks: {n: {IPAddress: '172.20.0.2', GlobalIPv6Address: ''}}}},
      ])
    expect(inspected(said('running'))).toEqual({standing: {state: 'running', addresses: ['172.20.0.2']}, pid: 7})
    expect(inspected(said('paused')).standing.state).toBe('paused')
    for (const status of ['exited', 'created', 'restarting', 'dead'])
      expect(inspected(said(status)).standing.state).toBe('dead')
  })
})

describe('Kubernetes', () => {
  const pod = (name: string, more: object = {}): Pod => ({
    metadata: {name, ownerReferences: [{kind: 'StatefulSet', name: 'etcd'}]},
    spec: {containers: [{name: 'main', ports: [{containerPort: 2379}, {containerPort: 2380}]}]},
    status: {phase: 'Running', podIPs: [{ip: '10.0.0.1'}]},
    ...more,
  })
  const list = (...items: Pod[]) => JSON.stringify({items})

  test('pods are nodes in the order of their numbers', () => {
    const found = chosenPods(list(pod('etcd-10'), pod('etcd-2')), 'app=etcd', 2)
    expect(found.map(({metadata}) => metadata.name)).toEqual(['etcd-2', 'etcd-10'])
  })
  test('none, too many, and one with the network of its machine are refused', () => {
    expect(() => chosenPods(list(), 'app=x', 3)).toThrow('--kubernetes app=x: no pod has these labels')
    expect(() => chosenPods(list(pod('a'), pod('b')), 'app=x', 3)).toThrow('finds 2 pods, and there are 3 nodes')
    const hosted = pod('a', {spec: {hostNetwork: true, containers: []}})
    expect(() => chosenPods(list(hosted), 'app=x', 1)).toThrow('The pod a has the network of its machine')
  })
  test('only what comes back under its name is killed', () => {
    expect(() => refuseUnlasting([pod('a')])).not.toThrow()
    const replica = {metadata: {name: 'a', ownerReferences: [{kind: 'ReplicaSet', name: 'web-7'}]}}
    expect(() => refuseUnlasting([pod('a', replica)])).toThrow('belongs to the ReplicaSet web-7')
    expect(() => refuseUnlasting([pod('a', {metadata: {name: 'a'}})])).toThrow('belongs to nobody')
  })
  test('the port of clients', () => {
    expect(podPort(pod('a'), undefined, 2379)).toBe(2379)
    expect(podPort(pod('a'), 99, 2379)).toBe(99)
    expect(() => podPort(pod('a'), undefined, 6379)).toThrow('declares several ports')
  })
  test('a pod that is being deleted is dead', () => {
    expect(standingOf(JSON.stringify(pod('a')))).toEqual({state: 'running', addresses: ['10.0.0.1']})
    expect(standingOf(JSON.stringify(pod('a', {metadata: {name: 'a', deletionTimestamp: 'now'}}))).state).toBe('dead')
    expect(standingOf('')).toEqual({state: 'dead', addresses: []})
  })
  test('a toolbox counts once it runs', () => {
    const status = (state: object) => ({status: {phase: 'Running', ephemeralContainerStatuses: [{name: 't', state}]}})
    expect(hasToolbox(JSON.stringify(pod('a', status({running: {}}))), 't')).toBe(true)
    expect(hasToolbox(JSON.stringify(pod('a', status({waiting: {}}))), 't')).toBe(false)
    expect(hasToolbox(JSON.stringify(pod('a')), 't')).toBe(false)
  })
})

describe('rules', () => {
  const addresses = (node: string) => (node === 'n2' ? ['10.0.0.2', 'fd00::2'] : ['10.0.0.3'])
  const rules = [
    {id: 0, cause: 'a', link: {from: 'n2', to: 'n1'}, fault: {kind: 'cut', mode: 'black-hole'}},
    {id: 1, cause: 'b', link: {from: 'n3', to: 'n1'}, fault: {kind: 'cut', mode: 'refuse'}},
    {id: 2, cause: 'c', link: {from: 'n3', to: 'n1'}, fault: {kind: 'loss', probability: 0.2}},
  ] as const

  test('drop, refuse and lose what comes from a peer', () => {
    const text = transaction(rules, addresses)
    expect(text).toContain('ip saddr 10.0.0.2 drop comment "chaos-0"')
    expect(text).toContain('ip6 saddr fd00::2 drop comment "chaos-0"')
    expect(text).toContain('ip saddr 10.0.0.3 tcp flags & rst == 0 reject with tcp reset comment "chaos-1"')
    expect(text).toContain('ip saddr 10.0.0.3 numgen random mod 10000 < 2000 drop comment "chaos-2"')
  })

  test.skipIf(process.getuid?.() !== 0)('are taken by nft, and read back by their numbers (needs root)', () => {
    const script = `nft -f - && nft list table inet chaos`
    const listing = execFileSync('unshare', ['--net', '--', 'sh', '-c', script], {input: transaction(rules, addresses)})
    expect([...idsInForce(String(listing))]).toEqual([0, 0, 1, 2].filter((id, i, all) => all.indexOf(id) === i))
  })
})
