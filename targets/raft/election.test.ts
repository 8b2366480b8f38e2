/** Sections 5.1, 5.2 and 5.4.1; pre-vote and loyalty to leaders as in the thesis, sections 9.6 and 4.2.3. */
import {describe, expect, test} from 'vitest'
import {append, Rig} from './testing/rig.ts'

const vote = (term: number, lastIndex: number, lastTerm: number) => ({type: 'vote', term, lastIndex, lastTerm}) as const
const preVote = (term: number, lastIndex: number, lastTerm: number) =>
  ({type: 'pre-vote', term, nextTerm: term + 1, lastIndex, lastTerm}) as const
const yes = (term: number) => ({type: 'vote-reply', term, granted: true}) as const
const preYes = (term: number) => ({type: 'pre-vote-reply', term, nextTerm: term + 1, granted: true}) as const

/** A rig that leads term `term + 1`, elected by n2. */
function elected(rig: Rig): string[] {
  const {term} = rig.server
  rig.expire('silence')
  rig.expire('campaign')
  rig.hear('n2', preYes(term))
  return rig.hear('n2', yes(term + 1))
}

describe('votes', () => {
  test.each([
    ['a log that ends in a later term, though shorter', 1, 3, 'yes'],
    ['the same last term and as long', 3, 2, 'yes'],
    ['the same last term and longer', 4, 2, 'yes'],
    ['the same last term but shorter', 2, 2, 'no'],
    ['longer, but ending in an earlier term', 9, 1, 'no'],
  ])('for a candidate with %s', (_, lastIndex, lastTerm, answer) => {
    const rig = new Rig({log: [1, 1, 2]})
    expect(rig.hear('n2', vote(4, lastIndex, lastTerm)).at(-1)).toBe(`→ n2 ${answer}, t4`)
  })

  test('one a term, durable before it is given, remembered over a crash', () => {
    const rig = new Rig({term: 3})
    expect(rig.hear('n2', vote(4, 0, 0))).toEqual(['sync state', 'sync state', '→ n2 yes, t4'])
    expect(rig.hear('n3', vote(4, 9, 3))).toEqual(['→ n3 no, t4'])
    rig.crash()
    expect(rig.hear('n3', vote(4, 9, 3))).toEqual(['→ n3 no, t4'])
    expect(rig.hear('n2', vote(4, 0, 0))).toEqual(['→ n2 yes, t4'])
    expect(rig.hear('n3', vote(5, 9, 3)).at(-1)).toBe('→ n3 yes, t5')
  })

  test('with forget-vote, a crash makes it vote twice', () => {
    const rig = new Rig({term: 3, bugs: ['forget-vote']})
    expect(rig.hear('n2', vote(4, 0, 0))).toEqual(['→ n2 yes, t4'])
    // What survives an unsynced write is up to the disk; sooner or later, nothing does.
    for (let i = 0; i < 10 && rig.server.term === 4; i++) rig.crash()
    expect(rig.hear('n3', vote(4, 0, 0))).toEqual(['→ n3 yes, t4'])
  })

  test('not for old terms', () => {
    const rig = new Rig({term: 7})
    expect(rig.hear('n2', vote(6, 9, 6))).toEqual(['→ n2 no, t7'])
  })

  test('are not considered while a leader is heard, nor does the term change', () => {
    const rig = new Rig({log: [1], term: 2})
    rig.hear('n3', append({term: 2, after: [1, 1]}))
    expect(rig.hear('n2', vote(9, 9, 8))).toEqual([])
    expect(rig.hear('n2', preVote(8, 9, 8))).toEqual([])
    expect(rig.server.term).toBe(2)
    rig.expire('silence')
    expect(rig.hear('n2', vote(9, 9, 8)).at(-1)).toBe('→ n2 yes, t9')
  })
})

describe('campaigns', () => {
  test('ask first, and nobody enters a new term for that', () => {
    const rig = new Rig({log: [1, 1], term: 4})
    expect(rig.expire('silence')).toEqual([])
    expect(rig.expire('campaign')).toEqual([
      '→ n2 pre-vote for t5, log ends 2/t1',
      '→ n3 pre-vote for t5, log ends 2/t1',
    ])
    expect(rig.server.term).toBe(4)
    expect(rig.hear('n3', preVote(4, 2, 1))).toEqual(['→ n3 yes, t4'])
    expect(rig.hear('n3', preVote(4, 1, 1))).toEqual(['→ n3 no, t4'])
    expect(rig.server.term).toBe(4)
  })

  test('then enter the next term, durably, with their own vote', () => {
    const rig = new Rig({log: [1, 1], term: 4})
    rig.expire('silence')
    rig.expire('campaign')
    expect(rig.hear('n2', preYes(4))).toEqual([
      'sync state',
      '→ n2 vote for t5, log ends 2/t1',
      '→ n3 vote for t5, log ends 2/t1',
    ])
    rig.crash()
    expect(rig.server).toMatchObject({term: 5, vote: 'n1'})
  })

  test('a majority makes a leader, which opens its term with an entry of it', () => {
    const rig = new Rig({log: [1, 1], term: 4})
    expect(elected(rig)).toEqual([
      'sync log',
      '→ n2 append t5 after 2/t1 [t5 no-op] commit 0',
      '→ n3 append t5 after 2/t1 [t5 no-op] commit 0',
    ])
  })

  test('one vote of five is no majority, nor the same vote twice, nor one of another term', () => {
    const rig = new Rig({nodes: ['n1', 'n2', 'n3', 'n4', 'n5'], term: 1, args: {preVote: '0'}})
    rig.expire('silence')
    rig.expire('campaign')
    rig.hear('n2', yes(2))
    rig.hear('n2', yes(2))
    rig.hear('n3', yes(1))
    expect(rig.server.role.name).toBe('candidate')
    rig.hear('n4', yes(2))
    expect(rig.server.role.name).toBe('leader')
  })

  test('give way to a leader of the same term and to any later term', () => {
    const rig = new Rig({term: 1, args: {preVote: '0'}})
    rig.expire('silence')
    rig.expire('campaign')
    rig.hear('n3', append({term: 2, after: [0, 0]}))
    expect(rig.server).toMatchObject({term: 2, leader: 'n3', role: {name: 'follower'}})
    rig.hear('n2', append({term: 6, after: [0, 0]}))
    expect(rig.server).toMatchObject({term: 6, leader: 'n2'})
  })
})

describe('a leader', () => {
  test('that hears no majority for an election timeout resigns, and its clients are told', () => {
    const rig = new Rig()
    elected(rig)
    rig.ask('r1', {type: 'open', attempt: 1})
    const beats = Array.from({length: 4}, () => rig.expire('heartbeat').filter((line) => line.startsWith('⇒')))
    expect(beats).toEqual([[], [], [], ['⇒ r1 deposed null']])
    expect(rig.server.role.name).toBe('follower')
  })

  test('goes on as long as a majority answers', () => {
    const rig = new Rig()
    elected(rig)
    for (let i = 0; i < 10; i++) {
      rig.expire('heartbeat')
      rig.hear('n3', {
        type: 'append-reply',
        term: 1,
        round: 0,
        prevIndex: 0,
        matchIndex: 0,
        conflictTerm: null,
        conflictIndex: 0,
      })
    }
    expect(rig.server.role.name).toBe('leader')
  })

  test('alone in its cluster needs nobody', () => {
    const rig = new Rig({nodes: ['n1']})
    rig.expire('silence')
    rig.expire('campaign')
    rig.ask('r1', {type: 'open', attempt: 1})
    expect(rig.expire('flush')).toEqual(['sync log', '⇒ r1 opened 1'])
    rig.ask('r2', {type: 'read', attempt: 1, f: 'read', key: 'x'})
    expect(rig.expire('flush')).toEqual(['⇒ r2 ok null'])
  })
})
