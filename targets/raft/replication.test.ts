/** Sections 5.3 and 5.4.2: figures 7 and 8 of the paper, and what a follower does with entries. */
import {describe, expect, test} from 'vitest'
import {append, converse, Rig} from './testing/rig.ts'

describe('a follower', () => {
  test('has entries on disk before it says so', () => {
    const rig = new Rig({log: [1, 1], term: 2})
    expect(rig.hear('n2', append({term: 2, after: [2, 1], entries: [2, 2]}))).toEqual([
      'sync log',
      '→ n2 matches 4, t2',
    ])
    rig.crash()
    expect(rig.log).toEqual([1, 1, 2, 2])
  })

  test('says which term stands in the way, and where it begins', () => {
    const rig = new Rig({log: [1, 2, 2, 2], term: 5})
    expect(rig.hear('n2', append({term: 5, after: [4, 4]}))).toEqual(['→ n2 differs: t2 from 2, t5'])
    expect(rig.hear('n2', append({term: 5, after: [9, 4]}))).toEqual(['→ n2 differs from 5, t5'])
    expect(rig.log).toEqual([1, 2, 2, 2])
  })

  test('replaces what conflicts, and only that: an old message cuts nothing off', () => {
    const rig = new Rig({log: [1, 2, 2], term: 3})
    rig.hear('n2', append({term: 3, after: [1, 1], entries: [3, 3]}))
    expect(rig.log).toEqual([1, 3, 3])
    expect(rig.hear('n2', append({term: 3, after: [1, 1], entries: [3]}))).toEqual(['→ n2 matches 2, t3'])
    expect(rig.log).toEqual([1, 3, 3])
  })

  test('commits no further than the entries that it has compared', () => {
    const rig = new Rig({log: [1, 1, 1], term: 2})
    rig.hear('n2', append({term: 2, after: [1, 1], entries: [1], commit: 3}))
    expect(rig.server).toMatchObject({commitIndex: 2, lastApplied: 2})
  })

  test('refuses a deposed leader, and tells it the term', () => {
    const rig = new Rig({term: 5})
    expect(rig.hear('n2', append({term: 4, after: [0, 0], entries: [4]}))).toEqual(['→ n2 differs from 0, t5'])
    expect(rig.log).toEqual([])
  })
})

describe("figure 7: whatever a follower has, it comes to have the leader's log, a term at a time", () => {
  const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
  test.each([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6], 2],
    ['b', [1, 1, 1, 4], 2],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], 1],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], 1],
    ['e', [1, 1, 1, 4, 4, 4, 4], 3],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], 3],
  ])('(%s)', (_, followerLog, rounds) => {
    const leader = new Rig({id: 'n1', log: leaderLog, term: 7, args: {preVote: '0'}})
    const follower = new Rig({id: 'n2', log: followerLog, term: 7})
    leader.expire('silence')
    leader.expire('campaign')
    leader.outbox.length = 0
    leader.hear('n3', {type: 'vote-reply', term: 8, granted: true})
    leader.outbox.splice(0, leader.outbox.length, ...leader.outbox.filter(({to}) => to === 'n2'))
    const messages = converse(leader, follower)
    expect(follower.log).toEqual([...leaderLog, 8])
    // The last round tells that everything is there; each one before backs up by at least a term.
    expect(messages).toBeLessThanOrEqual(2 * rounds)
  })
})

describe('figure 8: copies on a majority do not commit an entry of an earlier term', () => {
  /** S1 as in (c): elected for term 4, its entry of term 2 about to reach a majority. */
  function serverOne(bugs: readonly string[] = []) {
    const rig = new Rig({
      id: 'S1',
      nodes: ['S1', 'S2', 'S3', 'S4', 'S5'],
      log: [1, 2],
      term: 3,
      bugs,
      args: {preVote: '0', batchEntries: '1'},
    })
    rig.expire('silence')
    rig.expire('campaign')
    for (const voter of ['S2', 'S3']) rig.hear(voter, {type: 'vote-reply', term: 4, granted: true})
    return rig
  }
  const matches = (matchIndex: number) =>
    ({
      type: 'append-reply',
      term: 4,
      round: 0,
      prevIndex: 1,
      matchIndex,
      conflictTerm: null,
      conflictIndex: 0,
    }) as const

  test("until an entry of the leader's own term after it is on a majority", () => {
    const rig = serverOne()
    rig.hear('S2', matches(2))
    rig.hear('S3', matches(2))
    expect(rig.server.commitIndex).toBe(0)
    rig.hear('S2', matches(3))
    expect(rig.server.commitIndex).toBe(0)
    rig.hear('S3', matches(3))
    expect(rig.server.commitIndex).toBe(3)
  })
})

describe('a leader', () => {
  test('answers a write when a majority has it on disk, its own disk included, and tells the others in the next message', () => {
    const rig = new Rig({term: 1, args: {preVote: '0'}})
    rig.expire('silence')
    rig.expire('campaign')
    rig.hear('n2', {type: 'vote-reply', term: 2, granted: true})
    const ack = (matchIndex: number) =>
      ({
        type: 'append-reply',
        term: 2,
        round: 0,
        prevIndex: matchIndex - 1,
        matchIndex,
        conflictTerm: null,
        conflictIndex: 0,
      }) as const
    rig.hear('n2', ack(1))
    expect(rig.ask('r1', {type: 'open', attempt: 7})).toEqual([])
    expect(rig.expire('flush')).toEqual([
      'sync log',
      '→ n2 append t2 after 1/t2 [t2] commit 1',
      '→ n3 append t2 after 0/t0 [] commit 1',
    ])
    expect(rig.hear('n2', ack(2))).toEqual(['⇒ r1 opened 1'])
    expect(rig.expire('heartbeat')).toEqual([
      '→ n2 append t2 after 2/t2 [] commit 2',
      '→ n3 append t2 after 0/t0 [t2 no-op t2] commit 2',
    ])
  })

  test('is not the one to ask unless it is: others name the leader that they know', () => {
    const rig = new Rig({term: 1})
    expect(rig.ask('r1', {type: 'open', attempt: 1})).toEqual(['⇒ r1 redirect null'])
    rig.hear('n3', append({term: 1, after: [0, 0]}))
    expect(rig.ask('r2', {type: 'open', attempt: 2})).toEqual(['⇒ r2 redirect "n3"'])
  })

  test('ignores answers from before it started to lead, and late ones', () => {
    const rig = new Rig({log: [1, 1, 1], term: 1, args: {preVote: '0'}})
    rig.expire('silence')
    rig.expire('campaign')
    rig.hear('n2', {type: 'vote-reply', term: 2, granted: true})
    const reply = {type: 'append-reply', round: 0, conflictTerm: null, conflictIndex: 0} as const
    expect(rig.hear('n2', {...reply, term: 1, prevIndex: 9, matchIndex: 9})).toEqual([])
    rig.hear('n2', {...reply, term: 2, prevIndex: 3, matchIndex: 4})
    expect(rig.server.commitIndex).toBe(4)
    expect(rig.hear('n2', {...reply, term: 2, prevIndex: 2, matchIndex: null})).toEqual([])
  })
})
