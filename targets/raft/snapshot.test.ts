/** Section 7: compaction, crashes around it, and InstallSnapshot. */
import {describe, expect, test} from 'vitest'
import {append, converse, Rig} from './testing/rig.ts'

const SMALL = {snapshotEntries: '4', retainedEntries: '1', preVote: '0'}

/** A follower that has applied six entries. */
function follower(args: Record<string, string> = SMALL): Rig {
  const rig = new Rig({term: 1, args})
  rig.hear('n2', append({term: 1, after: [0, 0], entries: [1, 1, 1, 1, 1, 1], commit: 6}))
  return rig
}

test('after so many applied entries the log is cut, but for what is retained', () => {
  const rig = follower()
  expect(rig.server.snapshot).toMatchObject({index: 4, term: 1})
  expect(rig.server.log).toMatchObject({baseIndex: 3, lastIndex: 6})
})

test('a server boots from its snapshot and applies only what comes after', () => {
  const rig = follower()
  const {digest} = rig.server
  rig.crash()
  expect(rig.server).toMatchObject({commitIndex: 4, lastApplied: 4})
  rig.hear('n2', append({term: 1, after: [6, 1], commit: 6}))
  expect(rig.server).toMatchObject({lastApplied: 6, digest})
})

test('entries from before the beginning of the log are known to match', () => {
  const rig = follower()
  expect(rig.hear('n2', append({term: 1, after: [1, 1], entries: [1, 1, 1, 1, 1, 1], commit: 7})).at(-1)).toBe(
    '→ n2 matches 7, t1',
  )
  expect(rig.log).toEqual([1, 1, 1, 1])
})

describe('a follower that needs entries which are gone', () => {
  function pair(chunkLength: string) {
    const leader = new Rig({id: 'n1', log: [1, 1, 1, 1, 1, 1], term: 1, args: {...SMALL, chunkLength}})
    // The follower's own entry was never committed.
    const lagging = new Rig({id: 'n2', log: [2], term: 2, args: SMALL})
    leader.hear('n3', append({term: 2, after: [6, 1], commit: 6}))
    leader.expire('silence')
    leader.expire('campaign')
    leader.outbox.length = 0
    leader.hear('n3', {type: 'vote-reply', term: 3, granted: true})
    return {leader, lagging}
  }

  test.each([
    ['whole', '65536'],
    ['in chunks', '50'],
  ])('is sent the snapshot, %s, and then the rest', (_, chunkLength) => {
    const {leader, lagging} = pair(chunkLength)
    converse(leader, lagging)
    leader.expire('heartbeat')
    converse(leader, lagging)
    expect(lagging.log).toEqual([1, 1, 3])
    expect(lagging.server.lastApplied).toBe(7)
    expect(lagging.server.digest).toBe(leader.server.digest)
    lagging.crash()
    expect(lagging.server).toMatchObject({lastApplied: 4, snapshot: {index: 4, term: 1}})
    expect(lagging.log).toEqual([1, 1, 3])
  })

  test('starts over after a crash in mid-transfer', () => {
    const {leader, lagging} = pair('50')
    const toLagging = () => leader.outbox.splice(0).filter(({to}) => to === 'n2')
    for (let i = 0; i < 2; i++) {
      for (const {message} of toLagging()) lagging.hear('n1', message)
      for (const {message} of lagging.outbox.splice(0)) leader.hear('n2', message)
    }
    expect(lagging.server.incoming?.text.length).toBe(50)
    lagging.crash()
    converse(leader, lagging)
    leader.expire('heartbeat')
    converse(leader, lagging)
    expect(lagging.server).toMatchObject({lastApplied: 7, digest: leader.server.digest})
  })

  test('takes each chunk once, in order, and says what it wants next', () => {
    const {leader, lagging} = pair('50')
    const [probe] = leader.outbox.splice(0)
    lagging.hear('n1', probe!.message)
    leader.hear('n2', lagging.outbox.splice(0)[0]!.message)
    const first = leader.outbox.splice(0)[0]!.message
    expect(lagging.hear('n1', first)).toEqual(['→ n1 snapshot 4 wants 50'])
    expect(lagging.hear('n1', first)).toEqual(['→ n1 snapshot 4 wants 50'])
    leader.hear('n2', lagging.outbox.splice(0)[0]!.message)
    const second = leader.outbox.splice(0)[0]!.message
    lagging.crash()
    expect(lagging.hear('n1', second)).toEqual(['→ n1 snapshot 4 wants 0'])
  })
})

test('a snapshot that is older than what is committed here changes nothing', () => {
  const rig = follower()
  const message = {
    type: 'snapshot',
    term: 1,
    round: 0,
    index: 5,
    indexTerm: 1,
    voters: ['n1', 'n2', 'n3'],
    digest: 0,
    length: 2,
    offset: 0,
    chunk: '{}',
  } as const
  expect(rig.hear('n2', message)).toEqual(['→ n2 snapshot 5 wants 2'])
  expect(rig.server).toMatchObject({lastApplied: 6, snapshot: {index: 4}})
})

test('with snapshot-off-by-one the last entry is missing after a restart', () => {
  const honest = follower()
  const buggy = new Rig({term: 1, args: SMALL, bugs: ['snapshot-off-by-one']})
  buggy.hear('n2', append({term: 1, after: [0, 0], entries: [1, 1, 1, 1, 1, 1], commit: 6}))
  expect(buggy.server.store.snapshot()).toEqual(honest.server.store.snapshot())
  expect(buggy.server.snapshot?.index).toBe(honest.server.snapshot?.index)
  expect(buggy.server.snapshot?.text).not.toBe(honest.server.snapshot?.text)
})
