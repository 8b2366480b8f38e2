/** Which errors of Redis Cluster mean that nothing was executed, where they send us, and what its nodes know of each other. */
import {expect, test} from 'vitest'
import {isDefinite, redirectionOf} from './errors.ts'
import {nodesIn, serves, slotsOf} from './topology.ts'

const reply = (message: string): Error => Object.assign(new Error(message), {name: 'ReplyError'})

test.each([
  ['MOVED 3999 127.0.0.1:6381', {once: false, port: 6381}],
  ['ASK 3999 127.0.0.1:6381', {once: true, port: 6381}],
])('%s was not executed, and says where to ask', (message, redirection) => {
  expect(isDefinite(reply(message))).toBe(true)
  expect(redirectionOf(reply(message))).toEqual(redirection)
})

test.each([
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'CROSSSLOT Keys in request do not hash to the same slot',
  'READONLY You can not write against a read only replica.',
])('%s was not executed, and nobody else is named', (message) => {
  expect(isDefinite(reply(message))).toBe(true)
  expect(redirectionOf(reply(message))).toBeUndefined()
})

test.each([
  reply('ERR value is not an integer or out of range'),
  reply('NOREPLICA something else'),
  new Error('MOVED 1 127.0.0.1:1, says somebody who is no server'),
  new Error('the connection closed before an answer came'),
])('%s may have been executed', (error) => {
  expect(isDefinite(error)).toBe(false)
})

test('a node tells who is who, and who serves what', () => {
  const [primary, replica, moving, dead] = nodesIn(
    [
      'e7d1 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-2 5462',
      '07c3 127.0.0.1:30004@31004,host slave e7d1 0 1426238317239 4 connected',
      '67ed 127.0.0.1:30002@31002 master - 0 1426238316232 2 connected 10-11 [12->-e7d1]',
      '292f 127.0.0.1:30003@31003 master,fail - 0 1426238318243 3 disconnected 20-21',
      '',
    ].join('\n'),
  )
  expect(primary).toMatchObject({id: 'e7d1', port: 30001, primary: undefined})
  expect(replica).toMatchObject({id: '07c3', port: 30004, primary: 'e7d1'})
  expect(slotsOf(primary!)).toEqual([0, 1, 2, 5462])
  expect(slotsOf(moving!)).toEqual([10, 11])
  expect([primary, replica, moving, dead].map((node) => serves(node!))).toEqual([true, false, true, false])
})
