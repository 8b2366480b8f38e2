/** NATS: its stream loses and gains replicas while clients go on. In the slow suite, since three faults come one after another. */
import {expect, test} from 'vitest'
import {describeTarget, keepsItsPromise} from '../clusters/cluster.ts'

describeTarget('nats', (_target, place) => {
  test.each(['cas', 'log'])('keeps its promise under %s while replicas are removed and added', async (workload) => {
    const run = await keepsItsPromise(place, 'nats', workload, '--nemesis', 'membership', '--time', '20s')
    expect(run.proofs.filter(({verified}) => !verified)).toEqual([])
  })
})
