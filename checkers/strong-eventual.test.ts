import {expect, it} from 'vitest'
import type {Verdict} from '../core/verdict.ts'
import {diagram} from './diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from './fuzz.fixture.ts'
import {strongEventual} from './strong-eventual.ts'

it.each<[string, string, string[]]>([
  ['a set that grows', '0@n1 |add 1| |read [1]| |read! [1 2]|\n1@n2 |add 2| |read []| |read! [2 1]|', []],
  ['a set that forgets', '0@n1 |add 1| |read [1]| |read []| |read! [1]|', ['state-went-back']],
  ['an element that was removed', '0@n1 |add 1| |read [1]| |remove 1| |read! []|', []],
  ['an element that nobody added', '0@n1 |add 1| |read! [1 3]|', ['unexpected-element']],
  ['nodes that end apart', '0@n1 |add 1| |read! [1]|\n1@n2 |read! []|', ['diverged']],
  ['a register in one order', '0@n1 |read 1| |read 2| |read! 3|\n1@n2 |read 1| |read! 3|', []],
  [
    'a register in two orders',
    '0@n1 |read 1| |read 2| |read! 3|\n1@n2 |read 2| |read 1| |read! 3|',
    ['state-went-back'],
  ],
  ['a register that goes back', '0@n1 |read 1| |read 2| |read! 1|', ['state-went-back']],
])('%s', async (_, text, types) => {
  const verdict = await strongEventual().check(diagram(text))
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it('says what went back', async () => {
  const verdict = await strongEventual().check(diagram('0@n1 |read x=1| |read x=2| |read! x=1|'))
  expect(verdict.anomalies[0]?.sentence).toBe(
    'No order of the writes of x explains that processes read 1, then 2, then 1.',
  )
})

it('is unknown without final reads', async () => {
  expect(await strongEventual().check(diagram('0@n1 |read 1|'))).toMatchObject({validity: 'unknown'})
})

/** Whether some order of the values explains what every process read. */
function ordered(sequences: readonly (readonly unknown[])[]): boolean {
  const values = [...new Set(sequences.flat())]
  const orders = (left: readonly unknown[]): unknown[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((value) => orders(left.filter((other) => other !== value)).map((rest) => [value, ...rest]))
  return orders(values).some((order) =>
    sequences.every((sequence) =>
      sequence.every((value, i) => i === 0 || order.indexOf(value) >= order.indexOf(sequence[i - 1])),
    ),
  )
}

it('registers: agrees with trying every order', () => {
  fuzz(
    'strong-eventual',
    fuzzCount(1500),
    (random) =>
      fuzzHistory(
        random,
        {workers: 3, operations: random.between(4, 9)},
        {draw: () => ({f: 'read'}), apply: () => random.between(1, 4), final: [{f: 'read'}]},
      ),
    (record) => {
      const byProcess = [...record.byProcess().values()].map((own) => own.map(({output}) => output))
      const expected = ordered(byProcess)
      const verdict = strongEventual().check(record) as Promise<Verdict>
      pending.push(
        verdict.then(({anomalies}) => expect(anomalies.every(({type}) => type !== 'state-went-back')).toBe(expected)),
      )
      return expected
    },
  )
  return Promise.all(pending)
})
const pending: Promise<void>[] = []
