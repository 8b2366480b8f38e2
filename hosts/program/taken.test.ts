/** A port that somebody has is said at once, with what was to listen there; and nobody waits for others once one program failed. */
import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'
import {expect, test} from 'vitest'
import {EXIT} from '../../core/error.ts'
import type {Place} from '../../core/place.ts'
import {isFree, quietPort} from '../../net/ports.ts'
import {rejectsOnAbort, startAll} from './start-all.ts'
import {assertFree, endpointsOf} from './taken.ts'

const here = {isFree} as Place
const service = (port: number) => ({by: 'clients', upstream: {host: '127.0.0.1', port}}) as const

test('a port that is taken is told with the node and the service', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const {port} = taken.address() as AddressInfo
  const services = {n1: {client: service(await quietPort()), peer: service(port)}, n2: {}}
  try {
    await expect(assertFree(here, endpointsOf('n1', services))).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: `Port ${port} of 127.0.0.1, where node n1 (peer) is to listen, is already in use by another program.`,
    })
    await assertFree(here, endpointsOf('n2', services))
    await assertFree({} as Place, endpointsOf('n1', services))
  } finally {
    taken.close()
  }
  await once(taken, 'close')
  await assertFree(here, endpointsOf('n1', services))
})

test('the first failure in time is what is told, and whoever waits is let go', async () => {
  const givenUp = new AbortController()
  const never = new AbortController()
  const start = async (node: string) => {
    if (node === 'n2') throw new Error('the port of n2 is taken')
    await rejectsOnAbort([givenUp.signal], never.signal)
  }
  await expect(startAll(['n1', 'n2', 'n3'], start, givenUp)).rejects.toThrow('the port of n2 is taken')
})
