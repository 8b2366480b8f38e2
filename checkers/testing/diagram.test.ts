import {expect, it} from 'vitest'
import {diagram} from './diagram.ts'

it('reads a diagram', () => {
  const history = diagram(`
    0@n1  |write x=1|      |read x=1|read x=nil|
    1@n2       |write x=2 >
    2@n2                        |read! x=[1 {a: b}]|
    3              |cas x=[1 2] #
    partition  |==========|
    kill                ?====?
  `)
  const shown = history.operations.map(({process, f, key, input, output, outcome, node, final}) =>
    [process, node, f, final, key, JSON.stringify(input), JSON.stringify(output), outcome].join(' '),
  )
  expect(shown).toEqual([
    '0 n1 write false x 1 1 ok',
    '1 n2 write false x 2  info',
    '3  cas false x [1,2]  fail',
    '0 n1 read false x null 1 ok',
    '2 n2 read true x null [1,{"a":"b"}] ok',
    '0 n1 read false x null null ok',
  ])
  expect(history.faults.map(({fault, verified, startNs, endNs}) => [fault, verified, (endNs - startNs) / 1e7])).toEqual(
    [
      ['partition', true, 11],
      ['kill', false, 5],
    ],
  )
  expect(history.ops.map((op) => op.index)).toEqual(history.ops.map((_, index) => index))
})

it('draws what touches as concurrent, and tells when it cannot read a drawing', () => {
  const [first, second] = diagram(`
    0 |write 1|
    1         |read 1|
  `).operations
  expect(second?.invoke.index).toBeLessThan(first?.completion?.index as number)
  expect(() => diagram('kill')).toThrow('no fault drawn')
})
