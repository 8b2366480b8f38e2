import {expect, test} from 'vitest'
import {Candidacy} from './candidacy.ts'
import type {Vote} from './messages.ts'

/**
 * What a new leader proposes first, and the first free slot, after promises with these votes: `3=x@2b` is a vote for x in
 * slot 3, in round 2 of node b. `-` is the command that does nothing.
 */
function agenda(applied: number, promises: readonly string[], ...bugs: string[]): string {
  const candidacy = new Candidacy({round: 9, node: 'z'}, bugs)
  for (const [i, text] of promises.entries()) {
    const votes = text.split(' ').filter((each) => each !== '')
    candidacy.take(`n${i}`, {type: 'promise', ballot: candidacy.ballot, votes: votes.map(vote), snapshot: null})
  }
  expect(candidacy.promises).toBe(promises.length)
  const {proposals, next} = candidacy.agenda(applied)
  const said = proposals.map(({slot, command}) => `${slot}=${command.type === 'read' ? command.key : '-'}`)
  return [...said, `then ${next}`].join(' ')
}

function vote(text: string): Vote {
  const [, slot, key, round, node] = /^(\d+)=(\w+|-)@(\d+)(\w)$/.exec(text) as unknown as string[]
  const command = key === '-' ? ({type: 'noop'} as const) : ({type: 'read', f: 'read', key: key!} as const)
  return {slot: Number(slot), ballot: {round: Number(round), node: node!}, command}
}

test('nothing was ever proposed: nothing to do', () => {
  expect(agenda(0, ['', '', ''])).toBe('then 1')
})

test('everything is known to be chosen: one command that does nothing, to know when the past is over', () => {
  expect(agenda(4, ['', '', ''])).toBe('5=- then 6')
})

test('a value that may have been chosen is proposed again', () => {
  expect(agenda(0, ['1=x@1a', '', ''])).toBe('1=x 2=- then 3')
})

test('of several values that of the highest ballot, by round, then by node', () => {
  expect(agenda(0, ['1=x@1a', '1=y@3a', '1=z@2a'])).toBe('1=y 2=- then 3')
  expect(agenda(0, ['1=x@2a', '1=y@2c', '1=z@2b'])).toBe('1=y 2=- then 3')
})

test('gaps are filled with commands that do nothing', () => {
  expect(agenda(1, ['2=x@1a 5=y@1a', '2=x@1a', '3=z@2b'])).toBe('2=x 3=z 4=- 5=y 6=- then 7')
})

test('a vote for such a command counts like any other', () => {
  expect(agenda(0, ['1=x@1a', '1=-@2b', ''])).toBe('1=- 2=- then 3')
})

test('votes for slots that are known to be chosen are of no interest', () => {
  expect(agenda(3, ['1=x@1a 3=y@1a', '4=z@1a', ''])).toBe('4=z 5=- then 6')
})

test('bug own-value', () => {
  expect(agenda(0, ['1=x@1a', '', ''], 'own-value')).toBe('1=- 2=- then 3')
})

test('bug highest-value', () => {
  expect(agenda(0, ['1=z@1a', '1=x@3a', ''], 'highest-value')).toBe('1=z 2=- then 3')
})

test('bug no-noop', () => {
  expect(agenda(0, ['1=x@1a', '3=y@1a', ''], 'no-noop')).toBe('1=x 3=y then 5')
})
