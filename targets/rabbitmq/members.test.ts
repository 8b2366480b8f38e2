/** Which nodes are started again where a cluster of RabbitMQ stays divided. */
import {expect, test} from 'vitest'
import {outsideOfLargest} from './members.ts'

const nodes = ['n1', 'n2', 'n3']

test.each([
  ['one stands alone', [['n1', 'n2'], ['n1', 'n2'], ['n3']], ['n3']],
  ['everybody stands alone', [['n1'], ['n2'], ['n3']], ['n2', 'n3']],
  [
    'one is seen by a neighbour only',
    [
      ['n1', 'n2'],
      ['n1', 'n2', 'n3'],
      ['n2', 'n3'],
    ],
    ['n1'],
  ],
])('%s', (_, camps, outside) => {
  expect(outsideOfLargest(nodes, camps)).toEqual(outside)
})
