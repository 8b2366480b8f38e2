/** Thesis, section 6.4: linearizable reads without the log. */
import {describe, expect, test} from 'vitest'
import {append, Rig} from './testing/rig.ts'

const read = {type: 'read', attempt: 1, f: 'read-set', key: 'x'}
const ack = (term: number, matchIndex: number, round: number) =>
  ({
    type: 'append-reply',
    term,
    round,
    prevIndex: matchIndex - 1,
    matchIndex,
    conflictTerm: null,
    conflictIndex: 0,
  }) as const

/** Leads term 2 of three nodes; one entry of its predecessor is in its log, nothing is known to be committed. */
function leader(bugs: readonly string[] = []): Rig {
  const rig = new Rig({log: [1], term: 1, bugs, args: {preVote: '0'}})
  rig.expire('silence')
  rig.expire('campaign')
  rig.hear('n2', {type: 'vote-reply', term: 2, granted: true})
  return rig
}

describe('a leader', () => {
  test('serves no read before an entry of its term is committed', () => {
    const rig = leader()
    rig.ask('r1', read)
    expect(rig.expire('flush').filter((line) => line.startsWith('⇒'))).toEqual([])
    rig.hear('n2', ack(2, 2, 0))
    expect(rig.server.commitIndex).toBe(2)
    expect(rig.expire('heartbeat').filter((line) => line.startsWith('⇒'))).toEqual([])
  })

  test('nor before a majority has answered a round of heartbeats that began after the read', () => {
    const rig = leader()
    rig.hear('n2', ack(2, 2, 0))
    rig.ask('r1', read)
    expect(rig.expire('flush')).toEqual([
      '→ n2 append t2 after 2/t2 [] commit 2',
      '→ n3 append t2 after 1/t1 [] commit 2',
    ])
    expect(rig.hear('n2', ack(2, 2, 0))).toEqual([])
    expect(rig.hear('n3', ack(2, 2, 1))).toEqual(['⇒ r1 ok []'])
  })

  test('that has been deposed meanwhile sends the client away', () => {
    const rig = leader()
    rig.hear('n2', ack(2, 2, 0))
    rig.ask('r1', read)
    rig.expire('flush')
    expect(rig.hear('n3', append({term: 3, after: [0, 0]}))[1]).toBe('⇒ r1 redirect null')
  })

  test('with stale-read answers at once, whoever leads by now', () => {
    const rig = leader(['stale-read'])
    rig.ask('r1', read)
    expect(rig.expire('flush')).toContain('⇒ r1 ok []')
  })
})

describe('a follower', () => {
  test('asks the leader, waits until it has applied as much, and answers from its own state', () => {
    const rig = new Rig({log: [1], term: 2})
    rig.hear('n2', append({term: 2, after: [1, 1], commit: 1}))
    rig.ask('r1', read)
    rig.ask('r2', read)
    expect(rig.expire('flush')).toEqual(['→ n2 read-index 1.1'])
    expect(rig.hear('n2', {type: 'read-index-reply', term: 2, batch: '1.1', index: 2})).toEqual([])
    expect(rig.hear('n2', append({term: 2, after: [1, 1], entries: [2], commit: 2})).slice(0, 3)).toEqual([
      'sync log',
      '⇒ r1 ok [2]',
      '⇒ r2 ok [2]',
    ])
  })

  test('does not take an answer from before its crash for one to a read after it', () => {
    const rig = new Rig({log: [1], term: 2})
    rig.hear('n2', append({term: 2, after: [1, 1], commit: 1}))
    rig.ask('r1', read)
    rig.expire('flush')
    rig.crash()
    rig.hear('n2', append({term: 2, after: [1, 1], commit: 1}))
    rig.ask('r2', read)
    expect(rig.expire('flush')).toEqual(['→ n2 read-index 2.1'])
    expect(rig.hear('n2', {type: 'read-index-reply', term: 2, batch: '1.1', index: 0})).toEqual([])
  })

  test('sends clients away when it knows no leader, loses it, or asked one that is none', () => {
    const rig = new Rig({term: 2})
    expect(rig.ask('r1', read)).toEqual(['⇒ r1 redirect null'])
    rig.hear('n2', append({term: 2, after: [0, 0]}))
    rig.ask('r2', read)
    rig.expire('flush')
    expect(rig.hear('n2', {type: 'read-index-reply', term: 2, batch: '1.1', index: null})).toEqual([
      '⇒ r2 redirect "n2"',
    ])
    rig.ask('r3', read)
    expect(rig.expire('silence')).toEqual(['⇒ r3 redirect null'])
  })
})
