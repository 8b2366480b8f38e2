/** Silence after everything has healed: of one node, and of all. */
import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {diagram} from '../testing/diagram.ts'
import {availability} from './availability.ts'
import {recovery} from './recovery.ts'

it('says how long a node that never served again was asked', async () => {
  const text = `
    0@n1 |write 1|              |read 1|
    1@n2 |write 2|              |read #  |read #      |read #
    kill          |===|
  `
  const {anomalies} = await recovery().check(diagram(text))
  expect(anomalies).toMatchObject([{type: 'no-recovery'}])
  expect(anomalies[0]?.sentence).toMatch(
    /^After the last fault was healed node n2 never served again: 3 attempts in 0\.\d s,/,
  )
})

it('convicts nobody for a single operation that was refused', async () => {
  const node = `
    0@n1 |write 1|              |read 1|
    1@n2 |write 2|              |read #
    kill          |===|
  `
  expect(await recovery().check(diagram(node))).toMatchObject({validity: 'valid', anomalies: []})
  const all = `
    0@n1 |write 1|              |read #
    kill          |===|
  `
  expect(await recovery().check(diagram(all))).toMatchObject({validity: 'unknown', anomalies: []})
})

/** Final reads of one node that failed until `untilMs`, beside those of another that `answered`. */
function finalReads(untilMs: number, answered: Op['type']): History {
  const ops: Omit<Op, 'index'>[] = []
  const did = (process: number, atMs: number, type: Op['type'], final = true) => {
    const op = {process, f: 'read', value: null, node: `n${process}`, ...(final ? {final} : {})}
    ops.push({...op, type: 'invoke', timeNs: atMs * 1e6}, {...op, type, timeNs: (atMs + 1) * 1e6})
  }
  did(1, 0, 'ok', false)
  did(1, 10, answered)
  for (let atMs = 20; atMs < untilMs; atMs += 1000) did(2, atMs, 'fail')
  did(2, untilMs, 'ok')
  return history(ops.map((op, index) => ({...op, index})))
}

it('takes the silence of one node that is still asked for no silence of all', async () => {
  expect(await availability().check(finalReads(15_000, 'ok'))).toMatchObject({
    validity: 'valid',
    measures: {outages: 0},
  })
  expect(await availability().check(finalReads(15_000, 'fail'))).toMatchObject({
    validity: 'invalid',
    anomalies: [{type: 'unavailable'}],
  })
})

/** Writes that fail, one a second from 1 s to `untilMs`, and a final read that succeeds; ops of a partition asked for at 1 s, proved, and healed. */
function refusals(untilMs: number, finalMs: number, [provedMs, healedMs]: readonly [number, number]): History {
  const at: [number, Omit<Op, 'index' | 'timeNs'>][] = []
  const did = (f: string, atMs: number, type: Op['type'], final = false) => {
    const op = {process: 0, f, value: 1, node: 'n1', ...(final ? {final} : {})}
    at.push([atMs, {...op, type: 'invoke'}], [atMs + 1, {...op, type}])
  }
  const nemesis = (f: string, askedMs: number, doneMs: number) => {
    for (const atMs of [askedMs, doneMs]) at.push([atMs, {process: 'nemesis:partition', f, value: {}, type: 'info'}])
  }
  did('write', 0, 'ok')
  for (let atMs = 1010; atMs < untilMs; atMs += 1000) did('write', atMs, 'fail')
  did('read', finalMs, 'ok', true)
  nemesis('start-partition', 1000, provedMs)
  nemesis('stop-partition', healedMs - 1, healedMs)
  at.sort(([left], [right]) => left - right)
  return history(at.map(([atMs, op], index) => ({...op, timeNs: atMs * 1e6, index})))
}

it('excuses silence from when a fault was asked for, not only from when it was proved', async () => {
  expect(await availability().check(refusals(15_000, 15_000, [14_000, 14_500]))).toMatchObject({validity: 'valid'})
  expect(await availability().check(refusals(15_000, 15_000, [1100, 1200]))).toMatchObject({validity: 'invalid'})
})

it('takes no silence for an outage in which nobody asked for anything', async () => {
  expect(await availability().check(refusals(4000, 20_000, [1100, 1200]))).toMatchObject({validity: 'valid'})
})
