/** RabbitMQ: quorum queues with confirms lose nothing; without confirms, or in memory only, they do. */
import {expect, test} from 'vitest'
import {convictions, describeTarget, keepsItsPromise} from './cluster.ts'

describeTarget('rabbitmq', (target, place) => {
  test('keeps its promise: what was confirmed is delivered', async () => {
    const run = await keepsItsPromise(place, 'rabbitmq', 'queue')
    expect(run.facts['cluster']).toContain('preloaded connect()')
  })
  // Starting takes it 10 to 20 s.
  convictions(place, target, ['automatic-acks'])

  test('with messages in memory only nothing is claimed', async () => {
    const {exitCode, stderr} = await place.chaos('run', 'rabbitmq', '--target-arg', 'messages=transient')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('With these arguments it promises nothing.')
  })
})
