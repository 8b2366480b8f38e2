/** Links without proxies: where they lead, and what can be done to them: nothing. */
import {expect, test} from 'vitest'
import {directLinks} from './direct.ts'
import {type Echo, startEcho} from './echo.ts'

test('direct links lead to the service itself, wherever it is now, and refuse to be cut', async () => {
  const [first, second]: Echo[] = [await startEcho(), await startEcho()]
  const probe = {send: '0\n'}
  const services = {
    n1: {client: {by: 'clients' as const, upstream: (first as Echo).address, probe}},
    n2: {peer: {by: 'peers' as const, upstream: (second as Echo).address}},
  }
  const links = await directLinks()(['n1', 'n2'], services, new AbortController().signal)
  expect(links.address('clients', 'n1', 'client')).toEqual(first?.address)
  expect(await links.control.ping('clients', 'n1', 1000)).toMatchObject({reachable: true})
  await links.move('n1', 'client', (second as Echo).address)
  expect(links.address('clients', 'n1', 'client')).toEqual(second?.address)
  await first?.close()
  expect(await links.control.ping('clients', 'n1', 1000)).toMatchObject({reachable: true})
  expect(() => links.address('n1', 'n2', 'bus')).toThrow('no service bus of n2')
  await expect(links.control.cut('x', [{from: 'n1', to: 'n2'}], 'refuse')).rejects.toThrow('without proxies')
  expect(await links.control.isCut({from: 'n1', to: 'n2'})).toBe(false)
  await second?.close()
})
