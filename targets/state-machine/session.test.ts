import {expect, test} from 'vitest'
import type {Call, Message, NodeId, SessionEnv} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {StoreSession} from './session.ts'

/** A session with its client on n2, told what nodes answer; `said` is what it sent and how calls ended, in order. */
function client(workload = 'register') {
  const said: string[] = []
  const timers = new Set<string>()
  let nowMs = 0
  let attempt = 0
  const env: SessionEnv = {
    id: 'c1',
    nodes: ['n1', 'n2', 'n3'],
    home: 'n2',
    random: createRandom(1),
    now: () => nowMs,
    send: (to, message) => {
      attempt = message['attempt'] as number
      const {type, session, seq, f, value} = message
      said.push(`${to} ${type === 'call' ? `${session}/${seq} ${f} ${value}` : type === 'read' ? f : type}`)
    },
    setTimer: (name) => timers.add(name),
    cancelTimer: (name) => timers.delete(name),
    ok: (value) => said.push(`ok ${value}`),
    fail: (reason) => said.push(`fail ${reason}`),
    unknown: (reason) => said.push(`unknown ${reason}`),
  }
  const session = new StoreSession(env, {nodes: env.nodes, bugs: [], args: {workload}})
  return {
    invoke: (f: string, value: Call['value'] = null) => session.invoke({f, key: 'x', value}),
    answer: (from: NodeId, message: Message, to = attempt) => session.message(from, {...message, attempt: to}),
    expire(name: string, afterMs: number) {
      nowMs += afterMs
      expect(timers.delete(name), `timer ${name} is pending`).toBe(true)
      session.timer(name)
    },
    /** What was said since the last look. */
    said: () => said.splice(0),
    attempt: () => attempt,
  }
}

const opened = {type: 'opened', session: 4}
const ok = {type: 'ok', value: 1}
const redirect = (leader: NodeId | null) => ({type: 'redirect', leader})

test('a first write opens a session, follows the hint to the leader and stays there', () => {
  const {invoke, answer, said} = client()
  invoke('write', 1)
  answer('n2', redirect('n3'))
  answer('n3', opened)
  answer('n3', ok)
  expect(said()).toEqual(['n2 open', 'n3 open', 'n3 4/1 write 1', 'ok 1'])
  invoke('write', 2)
  expect(said()).toEqual(['n3 4/2 write 2'])
})

test('reads go home, need no session, and fail when nobody answers: they change nothing', () => {
  const {invoke, answer, expire, said} = client()
  invoke('read')
  answer('n2', {type: 'ok', value: 5})
  expect(said()).toEqual(['n2 read', 'ok 5'])
  invoke('read')
  for (let i = 0; i < 4; i++) expire('attempt', 500)
  expect(said()).toEqual(['n2 read', 'n3 read', 'n1 read', 'n2 read', 'fail no leader'])
})

test('an unanswered attempt is repeated elsewhere with the same number, and its answer settles the call', () => {
  const {invoke, answer, expire, said} = client()
  invoke('write', 1)
  answer('n2', opened)
  expire('attempt', 500)
  answer('n3', ok)
  expect(said()).toEqual(['n2 open', 'n2 4/1 write 1', 'n3 4/1 write 1', 'ok 1'])
})

test('a call in doubt never fails, however long nobody leads', () => {
  const {invoke, answer, expire, said} = client()
  invoke('write', 1)
  answer('n2', opened)
  expire('attempt', 500)
  for (let i = 0; i < 20; i++) {
    answer('n3', redirect(null))
    expire('backoff', 500)
  }
  expect(said().filter((line) => !/^n\d 4\/1 write 1$/.test(line))).toEqual(['n2 open'])
})

test('a call that the leader accepted and lost with its office is in doubt', () => {
  const {invoke, answer, expire, said} = client()
  invoke('write', 1)
  answer('n2', opened)
  answer('n2', {type: 'deposed', leader: null})
  expire('backoff', 5000)
  answer('n3', redirect(null))
  expire('backoff', 5000)
  expect(said()).toEqual(['n2 open', 'n2 4/1 write 1', 'n3 4/1 write 1', 'n1 4/1 write 1'])
})

test('a call that everybody refused fails, and an unanswered request for a session does not put it in doubt', () => {
  const {invoke, answer, expire, said} = client()
  invoke('write', 1)
  expire('attempt', 500)
  answer('n3', redirect(null))
  expire('backoff', 1500)
  expect(said()).toEqual(['n2 open', 'n3 open', 'fail no leader'])
})

test('answers to earlier attempts and earlier calls are ignored', () => {
  const {invoke, answer, expire, said, attempt} = client()
  invoke('read')
  const first = attempt()
  expire('attempt', 500)
  answer('n2', {type: 'ok', value: 'late'}, first)
  answer('n3', {type: 'ok', value: 'now'})
  answer('n3', {type: 'ok', value: 'twice'})
  expect(said()).toEqual(['n2 read', 'n3 read', 'ok now'])
})

test('a forgotten session is opened anew when nothing was in doubt, and ends the call as unknown when it was', () => {
  const {invoke, answer, expire, said} = client()
  invoke('write', 1)
  answer('n2', opened)
  answer('n2', {type: 'expired'})
  answer('n2', {type: 'opened', session: 9})
  expire('attempt', 500)
  answer('n3', {type: 'expired'})
  expect(said()).toEqual([
    'n2 open',
    'n2 4/1 write 1',
    'n2 open',
    'n2 9/1 write 1',
    'n3 9/1 write 1',
    'unknown session expired',
  ])
})

test('workloads say which object they mean', () => {
  const counter = client('counter')
  counter.invoke('read')
  const set = client('set')
  set.invoke('read')
  const register = client('cas')
  register.invoke('add', 3)
  expect([counter.said(), set.said(), register.said()]).toEqual([
    ['n2 read-counter'],
    ['n2 read-set'],
    ['fail add is no function of this store'],
  ])
})
