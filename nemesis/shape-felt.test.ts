/** What counts as a proof that links were spoilt, and what does not: pings in, judgement out. */
import {expect, test} from 'vitest'
import type {Link, Ping} from '../core/network.ts'
import {type Probe, packetKind} from './packet-kinds.ts'
import {type Felt, judge, together} from './shape-felt.ts'

const LINKS: readonly Link[] = [
  {from: 'n1', to: 'n2'},
  {from: 'n2', to: 'n1'},
]
const answered = (rttMs: number): Ping => ({reachable: true, rttMs})
const ended: Ping = {reachable: false, error: 'ECONNRESET'}
const silent: Ping = {reachable: false, error: 'no answer in 1500 ms'}
const before = {pings: [answered(1), answered(1)], when: 'before'} as const

function felt(...pings: readonly Ping[][]): Felt {
  return {links: LINKS, pings, controls: [answered(2)], lagMs: 1}
}

const reset: Probe = packetKind('reset').probe({kind: 'reset', afterMs: 10})
const latency: Probe = packetKind('latency').probe({kind: 'latency', latencyMs: 100, jitterMs: 0})

test.each([
  ['every connection ends', [ended], [ended], true],
  ['one connection ends, as another fault goes away', [ended], [answered(2)], false],
  ['one ends, one is silent', [ended], [silent], false],
  ['all are silent', [silent], [silent], false],
] as const)('a reset, where %s', (_what, first, second, verified) => {
  expect(judge(reset, felt([...first], [...second]), before).verified).toBe(verified)
})

test.each([
  ['every answer is late', [answered(130)], [answered(120)], true],
  ['one is late, one is lost', [answered(130)], [silent], true],
  ['one is late, one is not', [answered(130)], [answered(3)], false],
  ['nothing answers', [silent], [silent], false],
] as const)('latency, where %s', (_what, first, second, verified) => {
  expect(judge(latency, felt([...first], [...second]), before).verified).toBe(verified)
})

test('a moment that was slow by chance is over when it is looked at again', () => {
  const slow = felt([answered(130)], [answered(125)])
  expect(judge(latency, slow, before).verified).toBe(true)
  expect(judge(latency, together(slow, felt([answered(3)], [answered(4)])), before).verified).toBe(false)
  expect(judge(latency, together(slow, felt([answered(128)], [answered(126)])), before).verified).toBe(true)
})
