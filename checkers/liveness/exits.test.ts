import {expect, it} from 'vitest'
import {exitOp} from '../../core/exits.ts'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {exits} from './exits.ts'

it('tells a node that crashed from one that gave up starting', async () => {
  const ended = (index: number, node: string, served: boolean): Op => ({
    ...exitOp(
      {node, how: 'ended with exit code 2', served, log: ['', 'panic: tocommit(9) is out of range']},
      index * 1e9,
    ),
    index,
  })
  const one = await exits().check(history([ended(3, 'n2', false)]))
  expect(one).toMatchObject({validity: 'valid', summary: 'gave up starting once'})
  expect(
    await exits().check(history([ended(3, 'n2', true), ended(5, 'n1', true), ended(6, 'n1', false)])),
  ).toMatchObject({
    validity: 'unknown',
    summary: '2 exits of serving nodes, gave up starting once',
    reason:
      'Node n2 ended with exit code 2 after 3.0 s, and nobody had asked it to; its log (logs/n2.log) ends: ' +
      'panic: tocommit(9) is out of range. 1 other exit followed.',
  })
})
