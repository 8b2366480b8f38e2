/** Thesis, chapter 4 and section 3.10: one change at a time, learners, and leaders that hand over. */
import {expect, test} from 'vitest'
import type {NodeId} from '../../core/node.ts'
import {append, converse, Rig} from './testing/rig.ts'

const reconfigure = (...members: NodeId[]) => ({type: 'reconfigure', members})

/** n1 leads n2 and n3, and everything so far is committed. */
function cluster({bugs = [], heard = true}: {bugs?: readonly string[]; heard?: boolean} = {}) {
  const rigs = ['n1', 'n2', 'n3'].map((id) => new Rig({id, log: [1], term: 1, bugs, args: {preVote: '0'}}))
  const [n1, n2, n3] = rigs as [Rig, Rig, Rig]
  n1.expire('silence')
  n1.expire('campaign')
  n1.hear('n2', {type: 'vote-reply', term: 2, granted: true})
  if (heard) converse(n1, n2, n3)
  return {n1, n2, n3, talk: () => converse(n1, n2, n3)}
}

const membersOf = (rig: Rig) => rig.server.configuration.voters

test('members count from the moment they are in the log, and the change is made when they are committed', () => {
  const {n1, talk} = cluster()
  expect(n1.ask('r', reconfigure('n1', 'n2'))).toEqual([])
  expect(membersOf(n1)).toEqual(['n1', 'n2'])
  expect(n1.server.membersAt(n1.server.commitIndex)).toEqual(['n1', 'n2', 'n3'])
  n1.expire('flush')
  talk()
  expect(n1.server.membersAt(n1.server.commitIndex)).toEqual(['n1', 'n2'])
  // Asking again does no harm, and who has left is sent nothing more.
  expect(n1.ask('r', reconfigure('n1', 'n2'))).toEqual(['⇒ r reconfigured ["n1","n2"]'])
  expect(n1.expire('heartbeat').filter((line) => line.startsWith('→ n3'))).toEqual([])
})

test('no second change before the first is committed', () => {
  const {n1} = cluster()
  n1.ask('r', reconfigure('n1', 'n2'))
  expect(n1.ask('s', reconfigure('n1'))).toEqual(['⇒ s refused "another change is under way"'])
})

test('none before the leader has committed anything in its term: the bug of 2015', () => {
  const {n1} = cluster({heard: false})
  expect(n1.ask('r', reconfigure('n1', 'n2'))).toEqual(['⇒ r refused "has committed nothing in its term yet"'])
  expect(cluster({heard: false, bugs: ['joint-skip']}).n1.ask('r', reconfigure('n1', 'n2'))).toEqual([
    '⇒ r reconfigured ["n1","n2"]',
  ])
})

test('members go with their entry when it is cut off, and come back from disk', () => {
  const {n1, n2} = cluster()
  n1.ask('r', reconfigure('n1', 'n2'))
  n1.expire('flush')
  n1.crash()
  expect(membersOf(n1)).toEqual(['n1', 'n2'])
  expect(membersOf(n2)).toEqual(['n1', 'n2', 'n3'])
  // Another leader never had it.
  n1.hear('n3', append({term: 3, after: [2, 2], entries: [3]}))
  expect(membersOf(n1)).toEqual(['n1', 'n2', 'n3'])
})

test('who comes back learns first, and counts once it has caught up', () => {
  const {n1, talk} = cluster()
  n1.ask('r', reconfigure('n1', 'n2'))
  n1.expire('flush')
  talk()
  n1.ask('s', reconfigure('n1', 'n2', 'n3'))
  expect(membersOf(n1)).toEqual(['n1', 'n2'])
  n1.expire('flush')
  talk()
  expect(membersOf(n1)).toEqual(['n1', 'n2', 'n3'])
})

test('a learner that does not answer is given up', () => {
  const {n1, talk} = cluster()
  n1.ask('r', reconfigure('n1', 'n2'))
  n1.expire('flush')
  talk()
  n1.ask('s', reconfigure('n1', 'n2', 'n3'))
  const told: string[] = []
  for (let beat = 0; beat < 60 && told.length === 0; beat++) {
    told.push(...n1.expire('heartbeat').filter((line) => line.startsWith('⇒ s')))
    const toN2 = n1.outbox.splice(0).filter(({to}) => to === 'n2')
    n1.outbox.push(...toN2)
    talk()
  }
  expect(told).toEqual(['⇒ s refused "n3 does not catch up"'])
})

test('a leader that is to go hands over, and its successor is elected although everybody hears it', () => {
  const {n1, n2, n3, talk} = cluster()
  expect(n1.ask('r', reconfigure('n2', 'n3'))).toContain('⇒ r refused "hands over its leadership first"')
  expect(n1.ask('w', {type: 'call', attempt: 1, session: 1, seq: 2, f: 'add', key: 'x', value: 9})).toEqual([
    '⇒ w redirect null',
  ])
  talk()
  expect([n1, n2, n3].map(({server}) => server.role.name).sort()).toEqual(['follower', 'follower', 'leader'])
  expect(n1.server.role.name).toBe('follower')
  expect(n2.server.term).toBe(3)
})

test('nonsense is refused with what is possible', () => {
  const {n1, n2} = cluster()
  expect(n1.ask('r', reconfigure('n1', 'n9'))).toEqual(['⇒ r refused "only n1, n2, n3 can be members"'])
  expect(n1.ask('r', reconfigure('n1'))).toEqual(['⇒ r refused "one member at a time"'])
  expect(n1.ask('r', reconfigure())).toEqual(['⇒ r refused "nobody would be left"'])
  expect(n2.ask('r', reconfigure('n1', 'n2'))).toEqual(['⇒ r refused "does not lead"'])
})
