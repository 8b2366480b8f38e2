import {expect, test} from 'vitest'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import {Acceptor} from './acceptor.ts'
import {type Ballot, compareBallots, compareRounds} from './ballot.ts'

/** A disk that loses everything unsynced, and what stands on it in the order of slots. */
function acceptor(...bugs: string[]) {
  const disk = new SimDisk(createRandom(2))
  const compare = bugs.includes('reuse-ballot') ? compareRounds : compareBallots
  let it = new Acceptor(disk, 0, bugs, compare)
  return {
    prepare: (text: string) => it.prepare(ballot(text)),
    accept: (at: string, ...proposals: string[]) => it.accept(ballot(at), proposals.map(proposal)),
    learn: (at: string, text: string) => it.learn({ballot: ballot(at), ...proposal(text)}),
    forget: (upTo: number) => it.forget(upTo),
    crash(applied = 0) {
      disk.crash()
      it = new Acceptor(disk, applied, bugs, compare)
    },
    votes: () =>
      it
        .votesFrom(1)
        .map((vote) => `${vote.slot}=${(vote.command as {key?: string}).key}@${vote.ballot.round}${vote.ballot.node}`)
        .join(' '),
    row: (from: number, to: number) => it.votesInARow(from, to).map(({slot}) => slot),
  }
}

/** `2b` is round 2 of node b. */
function ballot(text: string): Ballot {
  return {round: Number.parseInt(text, 10), node: text.replace(/^\d+/, '')}
}

/** `3=x` proposes the command x for slot 3. */
function proposal(text: string) {
  const [slot, key] = text.split('=') as [string, string]
  return {slot: Number(slot), command: {type: 'read', f: 'read', key} as const}
}

test('a promise holds against lower ballots, for promises and for votes', () => {
  const {prepare, accept, votes} = acceptor()
  expect([prepare('1b'), prepare('2a'), prepare('1c'), prepare('2a')]).toEqual([true, true, false, true])
  expect([accept('1b', '1=x'), accept('2a', '1=y'), accept('2b', '2=z')]).toEqual([false, true, true])
  expect([prepare('2a'), accept('2a', '3=w')]).toEqual([false, false])
  expect(votes()).toBe('1=y@2a 2=z@2b')
})

test('what was answered survives a crash', () => {
  const {prepare, accept, crash, votes} = acceptor()
  prepare('3a')
  crash()
  expect(prepare('2c')).toBe(false)
  accept('3a', '1=x', '2=y')
  crash()
  expect(votes()).toBe('1=x@3a 2=y@3a')
})

test('a vote is a promise too, in memory and after a crash', () => {
  const {prepare, accept, crash} = acceptor()
  accept('5a', '1=x')
  expect(prepare('4b')).toBe(false)
  crash()
  expect([prepare('4b'), prepare('5a'), prepare('5b')]).toEqual([false, true, true])
})

test('a learned vote replaces a lower one only', () => {
  const {accept, learn, votes} = acceptor()
  accept('2a', '1=x', '2=y')
  learn('1b', '1=x')
  learn('3b', '2=z')
  learn('3b', '4=w')
  expect(votes()).toBe('1=x@2a 2=z@3b 4=w@3b')
})

test('forgotten votes stay forgotten, promises do not', () => {
  const {accept, forget, crash, votes, row, prepare} = acceptor()
  accept('2a', '1=x', '2=y', '3=z', '5=w')
  expect(row(1, 5)).toEqual([1, 2, 3])
  forget(2)
  expect([votes(), row(1, 5)]).toEqual(['3=z@2a 5=w@2a', []])
  crash(2)
  expect(votes()).toBe('3=z@2a 5=w@2a')
  // Killed between saving a snapshot as of slot 3 and forgetting: the votes below it are dropped all the same.
  crash(3)
  expect([votes(), prepare('1z')]).toEqual(['5=w@2a', false])
})

test('bug forget-promise: a crash forgets', () => {
  const {prepare, accept, crash, votes} = acceptor('forget-promise')
  prepare('3a')
  accept('3a', '1=x')
  for (let i = 0; i < 5; i++) crash()
  expect([votes(), prepare('1b')]).toEqual(['', true])
})

test('bug accept-below-promise: the promise is not looked at', () => {
  const {prepare, accept} = acceptor('accept-below-promise')
  prepare('3a')
  expect(accept('1b', '1=x')).toBe(true)
})

test('bug reuse-ballot: two nodes have the same round', () => {
  const {prepare, accept} = acceptor('reuse-ballot')
  expect([prepare('1a'), prepare('1b'), accept('1a', '1=x'), accept('1b', '1=y')]).toEqual([true, true, true, true])
})
