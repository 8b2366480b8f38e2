import {expect, test} from 'vitest'
import type {Message} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import {type Ballot, compareBallots} from './ballot.ts'
import {Log} from './log.ts'
import {SETTINGS} from './settings.ts'

const [FIRST, SECOND]: Ballot[] = [
  {round: 1, node: 'n1'},
  {round: 2, node: 'n2'},
] as const

/** A log that makes a snapshot of every ten slots and keeps the last three. */
function log(disk = new SimDisk(createRandom(1))) {
  const events: Message[] = []
  const settings = {...SETTINGS, snapshotSlots: 10, retainedSlots: 3, batchCommands: 4}
  const it = new Log(disk, settings, [], compareBallots, (event) => events.push(event))
  const accept = (ballot: Ballot, from: number, to: number) =>
    it.acceptor.accept(ballot, proposals(from, to, `${ballot.round}`))
  return {it, events, disk, accept}
}

function proposals(from: number, to: number, tag: string) {
  const slots = Array.from({length: to - from + 1}, (_, i) => from + i)
  return slots.map((slot) => ({slot, command: {type: 'read', f: 'read', key: `${tag}.${slot}`} as const}))
}

/** A log that has applied slots 1 to `to`. */
function ahead(to: number) {
  const it = log()
  it.accept(FIRST!, 1, to)
  it.it.hearChosen(to, FIRST!)
  expect(it.it.catchUp()).toBe(true)
  return it
}

test('what is said to be chosen is applied as far as the votes are in the ballot of who says so', () => {
  const {it, accept} = log()
  accept(FIRST!, 1, 3)
  accept(SECOND!, 3, 4)
  it.hearChosen(2, FIRST!)
  expect([it.catchUp(), it.applied]).toEqual([true, 2])
  it.hearChosen(5, SECOND!)
  expect([it.catchUp(), it.applied], 'nobody voted for slot 5 here').toEqual([false, 4])
})

test('a vote in an older ballot may be for something else, and is not applied', () => {
  const {it, accept} = log()
  accept(FIRST!, 1, 2)
  it.hearChosen(2, SECOND!)
  expect([it.catchUp(), it.applied]).toEqual([false, 0])
})

test('a learner that is a little behind is taught votes, a few at a time', () => {
  const teacher = ahead(9)
  const learner = log()
  for (const applied of [4, 8, 9]) {
    const lesson = teacher.it.teach(learner.it.applied + 1)
    expect(lesson.snapshot).toBeNull()
    learner.it.learn(lesson)
    expect(learner.it.applied).toBe(applied)
  }
  expect(learner.it.state).toEqual({...teacher.it.state, votes: 9})
})

test('what is forgotten is taught as a snapshot, which survives a crash', () => {
  const teacher = ahead(25)
  expect(teacher.events.map((event) => event['slot'])).toEqual([10, 20])
  const learner = log()
  learner.it.learn(teacher.it.teach(1))
  expect(learner.it.state).toMatchObject({applied: 25, votes: 0, digest: teacher.it.state.digest})
  learner.disk.crash()
  const {applied, digest} = log(learner.disk).it.state
  expect([applied, digest]).toEqual([25, teacher.it.state.digest])
})

test('a candidate is told every vote that it lacks, and given a snapshot where votes are forgotten', () => {
  const {it, accept} = ahead(25)
  accept(SECOND!, 27, 28)
  const told = (from: number) => {
    const {votes, snapshot} = it.report(from)
    return [votes.map(({slot}) => slot), snapshot?.slot]
  }
  expect(told(26)).toEqual([[27, 28], undefined])
  expect(told(24)).toEqual([[24, 25, 27, 28], undefined])
  expect(told(5)).toEqual([[27, 28], 25])
})
