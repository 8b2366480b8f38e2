/** The contract of the HTTP API for toxics, and of the metrics. */
import {describe, expect, it} from 'vitest'
import {until} from './peer.fixture.ts'
import type {Rig} from './rig.fixture.ts'

export function describeToxics(rig: Rig): void {
  const {api, proxy, connected} = rig

  describe('toxics over HTTP', () => {
    it('shows toxics with all their attributes, upstream ones first', async () => {
      const {path} = await proxy('x:1')
      const added = await api('POST', `${path}/toxics`, {type: 'latency', attributes: {latency: 100}})
      expect([added.status, added.text]).toEqual([
        200,
        '{"attributes":{"latency":100,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}',
      ])
      const bodies = [
        {type: 'bandwidth', attributes: {rate: 1}, stream: 'UpStream', toxicity: 0.1},
        {type: 'slow_close', toxicity: 7},
        {type: 'timeout', name: 't', stream: 'upstream'},
        {type: 'reset_peer'},
        {type: 'limit_data', attributes: null},
        {type: 'slicer', attributes: {average_size: 3}},
        {type: 'noop'},
        {type: 'latency', name: 'negative', attributes: {latency: -5}},
      ]
      for (const body of bodies) expect((await api('POST', `${path}/toxics`, body)).status).toBe(200)
      const list = await api('GET', `${path}/toxics`)
      expect(JSON.parse(list.text)).toEqual([
        {attributes: {rate: 1}, name: 'bandwidth_UpStream', type: 'bandwidth', stream: 'UpStream', toxicity: 0.1},
        {attributes: {timeout: 0}, name: 't', type: 'timeout', stream: 'upstream', toxicity: 1},
        {
          attributes: {latency: 100, jitter: 0},
          name: 'latency_downstream',
          type: 'latency',
          stream: 'downstream',
          toxicity: 1,
        },
        {
          attributes: {delay: 0},
          name: 'slow_close_downstream',
          type: 'slow_close',
          stream: 'downstream',
          toxicity: 7,
        },
        {
          attributes: {timeout: 0},
          name: 'reset_peer_downstream',
          type: 'reset_peer',
          stream: 'downstream',
          toxicity: 1,
        },
        {
          attributes: {bytes: 0},
          name: 'limit_data_downstream',
          type: 'limit_data',
          stream: 'downstream',
          toxicity: 1,
        },
        {
          attributes: {average_size: 3, size_variation: 0, delay: 0},
          name: 'slicer_downstream',
          type: 'slicer',
          stream: 'downstream',
          toxicity: 1,
        },
        {attributes: {}, name: 'noop_downstream', type: 'noop', stream: 'downstream', toxicity: 1},
        {attributes: {latency: -5, jitter: 0}, name: 'negative', type: 'latency', stream: 'downstream', toxicity: 1},
      ])
      expect(JSON.parse((await api('GET', path)).text).toxics).toEqual(JSON.parse(list.text))
      expect(list.text).toContain('"toxicity":0.1}')
    })

    it('merges attributes on update, and ignores name, type and stream', async () => {
      const {path} = await proxy('x:1')
      await api('POST', `${path}/toxics`, {type: 'latency', attributes: {latency: 100}})
      const change = {attributes: {jitter: 7}, toxicity: 0.25, stream: 'upstream', name: 'z', type: 'slicer'}
      const want =
        '{"attributes":{"latency":100,"jitter":7},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":0.25}'
      for (const [verb, body] of [
        ['PATCH', change],
        ['POST', {}],
        ['POST', {toxicity: null, attributes: null}],
        ['POST', null],
      ] as const) {
        const reply = await api(verb, `${path}/toxics/latency_downstream`, body)
        expect([reply.status, reply.text]).toEqual([200, want])
      }
      const gone = await api('DELETE', `${path}/toxics/latency_downstream`)
      expect([gone.status, gone.text]).toEqual([204, ''])
      expect((await api('GET', `${path}/toxics/latency_downstream`)).text).toBe(
        '{"error":"toxic not found","status":404}\n',
      )
    })

    it('counts bytes per direction once a connection has ended', async () => {
      const {through, peer, far, up} = await connected()
      peer.send('abc')
      await peer.bytes(3)
      peer.socket.destroy()
      await far().end()
      far().socket.destroy()
      const labels = (direction: string) =>
        `{direction="${direction}",listener="${through.listen}",proxy="${through.name}",upstream="${up.address}"} 4\n`
      let text = ''
      await until(
        () => {
          void api('GET', '/metrics').then((reply) => {
            text = reply.text
          })
          return ['received', 'sent'].every((what) =>
            ['upstream', 'downstream'].every((direction) =>
              text.includes(`toxiproxy_proxy_${what}_bytes_total${labels(direction)}`),
            ),
          )
        },
        () => text,
      )
      expect(text).toContain('# TYPE toxiproxy_proxy_sent_bytes_total counter\n')
    })
  })
}
