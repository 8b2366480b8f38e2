/**
 * Failure detection against its definition (Chandra & Toueg 1996, with limits in place of "eventually"), millisecond by
 * millisecond; written without a look at the checker, over random faults and lists that follow from nothing.
 */
import {expect, it} from 'vitest'
import {type History, history} from '../../core/history.ts'
import type {Link} from '../../core/network.ts'
import type {Op} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {members} from './members.ts'

const LIMITS = {excuseMs: 3, settleMs: 10, noticeMs: 12}
const KINDS = ['kill', 'pause', 'partition', 'latency'] as const
const MS = 1e6

/** Faults of up to three kinds that begin and end at times, and lists asked for meanwhile. */
function gossip(random: Random): History {
  const nodes = ['n1', 'n2', 'n3', 'n4'].slice(0, random.between(2, 4))
  const ops: Omit<Op, 'index'>[] = []
  const open = new Map<string, object>()
  for (let ms = 0, left = random.between(3, 9); left > 0; left--, ms += random.between(1, 9)) {
    const timeNs = ms * MS
    if (random.chance(0.55)) {
      const node = random.pick(nodes)
      const listed = random.chance(0.2) ? nodes : nodes.filter(() => random.chance(0.75))
      const common = {process: left, f: 'members', node, ...(random.chance(0.1) ? {final: true} : {})}
      const type = random.chance(0.05) ? 'info' : 'ok'
      ops.push({timeNs, type: 'invoke', value: null, ...common}, {timeNs, type, value: listed, ...common})
      continue
    }
    const fault = random.pick(KINDS)
    const process = `nemesis:${fault}`
    const running = open.get(fault)
    const victims = nodes.filter(() => random.chance(0.4))
    const links: Link[] = victims.flatMap((from) =>
      nodes.filter((to) => to !== from && random.chance(0.8)).map((to) => ({from, to})),
    )
    const fresh = {description: '', victims, proof: {verified: random.chance(0.9), evidence: ''}}
    const value = running ?? (fault === 'partition' ? {...fresh, links} : fresh)
    if (running === undefined) open.set(fault, value)
    else open.delete(fault)
    const f = `${running === undefined ? 'start' : 'stop'}-${fault}`
    for (const told of [null, value]) ops.push({timeNs, type: 'info', process, f, value: told})
  }
  return history(ops.map((op, index) => ({...op, index})))
}

/** Every list that breaks a limit. */
function definition(record: History): string[] {
  const lists = record.operations.filter(({outcome}) => outcome === 'ok')
  const nodes = [...new Set([...record.operations].map(({node}) => node as string))]
  const {faults} = record
  const stands = (node: string, ms: number) =>
    faults.every(
      ({fault, victims, startNs, endNs}) =>
        !['kill', 'pause'].includes(fault) || !victims.includes(node) || ms * MS < startNs || ms * MS >= endNs,
    )
  const hears = (one: string, other: string, ms: number) =>
    faults.every(
      ({links = [], startNs, endNs}) =>
        ms * MS < startNs ||
        ms * MS >= endNs ||
        !links.some(({from, to}) => (from === one && to === other) || (from === other && to === one)),
    )
  const spoilt = (ms: number) =>
    faults.some(({fault, startNs, endNs}) => fault === 'latency' && ms * MS >= startNs && ms * MS < endNs)
  const inContact = (one: string, other: string, ms: number) =>
    !spoilt(ms) &&
    stands(one, ms) &&
    stands(other, ms) &&
    (hears(one, other, ms) ||
      nodes.some(
        (third) =>
          third !== one && third !== other && stands(third, ms) && hears(one, third, ms) && hears(third, other, ms),
      ))
  return [...lists].flatMap(({node: reader, startNs, output, final}) => {
    const now = startNs / MS
    return nodes.flatMap((node) => {
      const listed = (output as string[]).includes(node)
      if (!listed) {
        let lostMs = 0
        for (let ms = now - LIMITS.settleMs; ms < now; ms++) {
          if (nodes.some((other) => other !== node && !inContact(other, node, ms))) lostMs++
        }
        return lostMs >= LIMITS.excuseMs ? [] : [final ? 'lost-member' : 'false-death']
      }
      if (node === reader) return []
      // Dead all the time, as a probe saw, and nothing else wrong: no other kind of fault, and the reader was well.
      const since = now - LIMITS.noticeMs
      const lately = faults.filter(({startNs: from, endNs: to}) => from <= now * MS && to >= since * MS)
      const dead = lately.some(
        ({fault, victims, verified, startNs: from, endNs: to}) =>
          fault === 'kill' && verified && victims.includes(node) && from <= since * MS && to > now * MS,
      )
      const alone = lately.every(({fault, victims}) => fault === 'kill' && !victims.includes(reader as string))
      return dead && alone ? ['undetected-death'] : []
    })
  })
}

it('is what its definition says', () => {
  const kinds = ['undetected-death', 'false-death', 'lost-member']
  fuzz(
    'definition of members',
    fuzzCount(1500),
    gossip,
    (record) => {
      const expected = definition(record)
      const {anomalies} = members(LIMITS).check(record) as Verdict
      expect(anomalies.map(({type}) => type).sort()).toEqual(expected.sort())
      return expected
    },
    {kinds},
  )
})
