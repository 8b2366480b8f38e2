import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {endIndex} from '../findings/finding.ts'
import {diagram} from '../testing/diagram.ts'
import {fuzz, fuzzCount, fuzzHistory} from '../testing/fuzz.fixture.ts'
import {strongEventual} from './strong-eventual.ts'

const WRITES = '9 |write 1| |write 2| |write 3|'

it.each<[string, string, string[]]>([
  ['a set that grows', '0@n1 |add 1| |read [1]| |read! [1 2]|\n1@n2 |add 2| |read []| |read! [2 1]|', []],
  ['a set that forgets', '0@n1 |add 1| |read [1]| |read []| |read! [1]|', ['state-went-back']],
  ['an element that was removed', '0@n1 |add 1| |read [1]| |remove 1| |read! []|', []],
  ['an element that nobody added', '0@n1 |add 1| |read! [1 3]|', ['unexpected-element']],
  ['nodes that end apart', '0@n1 |add 1| |read! [1]|\n1@n2 |read! []|', ['diverged']],
  [
    'no set at all',
    '0@n1 |add 1| |read 7| |read! [1]|\n1@n2 |read a| |read! [1]|',
    ['reply-mismatch', 'reply-mismatch'],
  ],
  ['a register in one order', `${WRITES}\n0@n1 |read 1| |read 2| |read! 3|\n1@n2 |read 1| |read! 3|`, []],
  [
    'a register in two orders',
    `${WRITES}\n0@n1 |read 1| |read 2| |read! 3|\n1@n2 |read 2| |read 1| |read! 3|`,
    ['state-went-back'],
  ],
  ['a register that goes back', `${WRITES}\n0@n1 |read 1| |read 2| |read! 1|`, ['state-went-back']],
  ['a value that nobody wrote', `${WRITES}\n0@n1 |read 1| |read! 4|`, ['phantom-read']],
  ['a value whose write had failed', `${WRITES} |write 4 #\n0@n1 |read 1| |read! 4|`, ['failed-write-visible']],
])('%s', async (_, text, types) => {
  const verdict = await strongEventual().check(diagram(text))
  expect(verdict.anomalies.map(({type}) => type)).toEqual(types)
})

it('says what went back', async () => {
  const verdict = await strongEventual().check(
    diagram('9 |write x=1| |write x=2|\n0@n1 |read x=1| |read x=2| |read! x=1|'),
  )
  expect(verdict.anomalies[0]?.sentence).toBe(
    'No order of the writes of x explains that processes read 1, then 2, then 1.',
  )
})

it('is unknown without final reads, and beyond sets and registers', async () => {
  expect(await strongEventual().check(diagram('0@n1 |write 1| |read 1|'))).toMatchObject({validity: 'unknown'})
  expect(await strongEventual().check(diagram('0@n1 |add 1| |read 1| |read 0| |read! 1|'))).toMatchObject({
    validity: 'unknown',
    reason: 'Only sets and registers are judged beyond agreement.',
  })
  const twice = diagram('0@n1 |write 1| |write 2| |write 1| |read! 1|')
  await expect(strongEventual().check(twice)).rejects.toThrow('ops #0 and #4 both write 1')
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

/** The last final read on each node. */
function settled(mine: readonly Operation[]): Operation[] {
  const last = new Map<unknown, Operation>()
  for (const read of mine)
    if (read.f === 'read' && read.final && read.outcome === 'ok') last.set(read.node ?? read.process, read)
  return [...last.values()]
}

function keysOf(record: History): Operation[][] {
  const keys = [...new Set(record.operations.map(({key}) => key))]
  return keys.map((key) => [...record.operations].filter((operation) => operation.key === key))
}

const sequencesOf = (mine: readonly Operation[]) => {
  const reads = mine.filter(({f, outcome}) => f === 'read' && outcome === 'ok')
  return [...new Set(reads.map(({process}) => process))].map((own) => reads.filter(({process}) => process === own))
}

/** Two registers on three replicas, which mostly take values in one order; each worker reads its own. */
function randomRegisters(random: Random): History {
  const orders = new Map<unknown, (number | null)[]>()
  const at = new Map<string, number>()
  let value = 0
  const careless = random.pick([0, 0.2])
  return fuzzHistory(
    random,
    {workers: 3, operations: random.between(4, 10), info: 0.08, fail: random.pick([0, 0.15]), nameless: 0.1},
    {
      draw: (draws) => {
        const key = draws.pick(['x', 'x', 'y'])
        return draws.chance(0.6) ? {f: 'read', key} : {f: 'write', key, input: ++value}
      },
      apply: ({f, key, input}, worker) => {
        const order = orders.get(key) ?? [null]
        orders.set(key, order)
        if (f === 'write') return order.push(input as number)
        const replica = `${key} ${worker}`
        const from = random.chance(careless) ? 0 : (at.get(replica) ?? 0)
        const to = random.chance(0.3) ? order.length - 1 : random.between(from, order.length - 1)
        at.set(replica, to)
        return random.chance(0.03) ? random.between(1, value + 1) : (order[to] ?? null)
      },
      final: [{f: 'read', key: 'x'}],
    },
  )
}

it('registers: agrees with trying every order', async () => {
  const verdicts: Promise<void>[] = []
  fuzz(
    'strong-eventual/registers',
    fuzzCount(1500),
    randomRegisters,
    (record) => {
      const expected = new Set<string>()
      for (const mine of keysOf(record)) {
        if (!ordered(sequencesOf(mine).map((reads) => reads.map(({output}) => output)))) expected.add('state-went-back')
        if (new Set(settled(mine).map(({output}) => output)).size > 1) expected.add('diverged')
        for (const {f, outcome, output} of mine) {
          if (f !== 'read' || outcome !== 'ok' || output === null) continue
          const writes = mine.filter((write) => write.f === 'write' && write.input === output)
          if (writes.length === 0) expected.add('phantom-read')
          else if (writes.every((write) => write.outcome === 'fail')) expected.add('failed-write-visible')
        }
      }
      const verdict = strongEventual().check(record) as Promise<Verdict>
      verdicts.push(verdict.then(({anomalies}) => expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)))
      return expected
    },
    {kinds: ['state-went-back', 'diverged', 'phantom-read', 'failed-write-visible']},
  )
  await Promise.all(verdicts)
})

/** Two sets on three replicas, which forget and make up elements now and then. */
function randomSets(random: Random): History {
  const replicas = new Map<string, Set<unknown>>()
  let value = 0
  const forgetful = random.pick([0, 0.15])
  return fuzzHistory(
    random,
    {workers: 3, operations: random.between(4, 10), info: 0.08, fail: random.pick([0, 0.15]), nameless: 0.1},
    {
      draw: (draws) => {
        const key = draws.pick(['x', 'x', 'y'])
        if (draws.chance(0.55)) return {f: 'read', key}
        return draws.chance(0.7)
          ? {f: 'add', key, input: ++value}
          : {f: 'remove', key, input: draws.between(1, value + 1)}
      },
      apply: ({f, key, input}, worker) => {
        const shared = (replicas.get(`${key}`) ?? new Set()) as Set<unknown>
        replicas.set(`${key}`, shared)
        if (f === 'add') shared.add(input)
        if (f === 'remove') shared.delete(input)
        const own = (replicas.get(`${key} ${worker}`) ?? new Set()) as Set<unknown>
        replicas.set(`${key} ${worker}`, own)
        if (f !== 'read') return input
        if (random.chance(0.7)) {
          for (const item of shared) own.add(item)
          for (const item of own) if (!shared.has(item)) own.delete(item)
        }
        if (random.chance(forgetful)) own.clear()
        return random.chance(0.03) ? [...own, random.pick([value + 1, 1])] : [...own]
      },
      final: [{f: 'read', key: 'x'}],
    },
  )
}

it('sets: agrees with looking at every two reads', async () => {
  const verdicts: Promise<void>[] = []
  fuzz(
    'strong-eventual/sets',
    fuzzCount(1500),
    randomSets,
    (record) => {
      const expected = new Set<string>()
      for (const mine of keysOf(record)) {
        const tried = (f: string, item: unknown, read: Operation) =>
          mine.some(
            (change) =>
              change.f === f &&
              change.input === item &&
              change.outcome !== 'fail' &&
              change.invoke.index < endIndex(read),
          )
        const texts = settled(mine).map(({output}) => JSON.stringify([...(output as number[])].sort((a, b) => a - b)))
        if (new Set(texts).size > 1) expected.add('diverged')
        for (const reads of sequencesOf(mine)) {
          for (const [i, read] of reads.entries()) {
            for (const item of read.output as unknown[]) {
              if (!tried('add', item, read)) expected.add('unexpected-element')
              for (const later of reads.slice(i + 1)) {
                if (!(later.output as unknown[]).includes(item) && !tried('remove', item, later)) {
                  expected.add('state-went-back')
                }
              }
            }
          }
        }
      }
      const verdict = strongEventual().check(record) as Promise<Verdict>
      verdicts.push(verdict.then(({anomalies}) => expect(new Set(anomalies.map(({type}) => type))).toEqual(expected)))
      return expected
    },
    {kinds: ['state-went-back', 'diverged', 'unexpected-element']},
  )
  await Promise.all(verdicts)
})
