import {expect, it} from 'vitest'
import {type ConvergenceOptions, convergence} from './convergence.ts'
import {diagram} from './diagram.ts'

const judge = (text: string, options: ConvergenceOptions = {}) => convergence(options).check(diagram(text))
const register: ConvergenceOptions = {writes: ['write', 'cas']}

it.each<[string, string, ConvergenceOptions, string]>([
  ['two nodes disagree', '0@n1 |write 1| |read! 1|\n1@n2           |read! 2|', {}, 'diverged'],
  ['one node never heard', '0@n1 |write 1| |read! 1|\n1@n2           |read! nil|', {}, 'diverged'],
  ['a set has an element twice on one node', '0@n1 |read! [1 2 2]|\n1@n2 |read! [2 1]|', {unordered: true}, 'diverged'],
  ['all agree on a value that nobody wrote', '0 |write 1| |read! 7|', register, 'unexpected-value'],
  ['all agree on nothing', '0 |write 1| |read! nil|', register, 'lost-write'],
  ['all agree on a write that failed', '0 |write 1| |write 2 # |read! 2|', register, 'failed-write-visible'],
])('convicts: %s', async (_, text, options, type) => {
  const verdict = await judge(text, options)
  expect(verdict.anomalies.map((anomaly) => anomaly.type)).toEqual([type])
})

it.each<[string, string, ConvergenceOptions]>([
  ['agreement', '0@n1 |write 1| |read! 1|\n1@n2           |read! 1|', register],
  ['early final reads that differ', '0@n1 |write 1| |read! nil| |read! 1|\n1@n2 |read! 1|', register],
  ['sets in any order', '0@n1 |read! [1 2]|\n1@n2 |read! [2 1]|', {unordered: true}],
  ['a value that was swapped in', '0 |write 1| |cas [1 2]| |read! 2|', register],
  ['an unknown write', '0 |write 1 >\n1 |write 2| |read! 1|', register],
  ['a key that nobody ever wrote', '0 |write 1 >\n1 |read! nil|', register],
])('accepts: %s', async (_, text, options) => {
  expect(await judge(text, options)).toMatchObject({validity: 'valid', anomalies: []})
})

it('is unknown where a node, or everybody, did not answer', async () => {
  expect(await judge('0@n1 |write x=1| |read x=1|')).toMatchObject({
    validity: 'unknown',
    reason: 'nobody answered a final read of x.',
  })
  const partly = await judge('0@n1 |write x=1| |read! x=1|\n1@n2 |read! x=1 >', {nodes: ['n1', 'n2']})
  expect(partly).toMatchObject({validity: 'unknown', reason: 'n2 answered no final read of x.'})
})

it('tells who read what', async () => {
  const verdict = await judge('0@n1 |read! x=1|\n1@n2 |read! x=2|\n2@n3 |read! x=1|')
  expect(verdict.anomalies[0]).toMatchObject({
    sentence: 'After everything healed, the nodes disagree of x: n1 n3 read 1, but n2 read 2.'.replace(
      ' of x',
      ' on x',
    ),
    key: 'x',
    witness: [0, 1, 3, 4],
  })
})
