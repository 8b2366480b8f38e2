/** NATS JetStream: never accused of what it promises, convicted of what people take it for. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise, PATIENT_MS} from './cluster.ts'

describeTarget('nats', (target, place) => {
  test.each(['cas', 'set', 'log', 'queue'])(
    'keeps its promise under %s',
    async (workload) => {
      await keepsItsPromise(place, 'nats', workload)
    },
    PATIENT_MS,
  )
  test(
    'keeps its promise for 20 s under every fault',
    async () => {
      await keepsItsPromise(place, 'nats', 'register', '--time', '20s')
    },
    PATIENT_MS,
  )
  // The old leader answers from its own copy only while it has not noticed its partition: 1 run in about 5 to 15 of 30 s.
  // What only a power cut shows is in the slow suite.
  convictions(place, {...target, bugs: target.bugs.filter(({name}) => name !== 'unsynced-streams')}, ['leader-reads'])

  test('what the leader of a stream says in a cut is old: it has no other promise', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'nats', '-w', 'rw-register')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('It supports: register, cas, set, log, queue')
  })
})
