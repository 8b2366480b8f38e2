/** The contract of requests that make no sense: each is refused, in the words the real server has for it. */
import {describe, expect, it} from 'vitest'
import type {Rig} from './rig.fixture.ts'

export function describeRefusals(rig: Rig): void {
  const {api} = rig

  describe('refusals over HTTP', () => {
    it.each([
      ['GET', '//proxies', '/proxies'],
      ['POST', '//proxies', '/proxies'],
      ['GET', '/proxies//a%20b/', '/proxies/a%20b/'],
      ['GET', '/a/.././../proxies/./p?x=1', '/proxies/p?x=1'],
      ['GET', '//', '/'],
    ])('%s %s: leads to %s', async (verb, path, clean) => {
      const reply = await api(verb, path, verb === 'POST' ? '{}' : undefined)
      expect([reply.status, reply.headers['location'], reply.text]).toEqual([301, clean, ''])
    })

    const latency = {name: 'p', listen: '127.0.0.1:0', upstream: 'x:1'}
    it.each([
      ['/proxies', '', 400, 'bad request body: EOF'],
      ['/proxies', '{', 400, 'bad request body: unexpected EOF'],
      ['/proxies', '[]', 400, 'bad request body: json: cannot unmarshal array into Go value of type'],
      ['/proxies', '{x', 400, "bad request body: invalid character 'x' looking for beginning of object key string"],
      [
        '/proxies',
        '{"name":5}',
        400,
        'bad request body: json: cannot unmarshal number into Go struct field Proxy.name',
      ],
      ['/proxies', '{"a":1,}', 400, "bad request body: invalid character '}'"],
      ['/proxies', '{}', 400, 'missing required field: name'],
      ['/proxies', '{"name":"x"}', 400, 'missing required field: upstream'],
      ['/proxies', latency, 409, 'proxy already exists'],
      [
        '/proxies',
        {...latency, name: 'q', listen: 'nonsense'},
        500,
        'listen tcp: address nonsense: missing port in address',
      ],
      ['/proxies', {...latency, name: 'q', listen: '127.0.0.1:99999'}, 500, 'listen tcp: address 99999: invalid port'],
      ['/proxies/p', {listen: 'nonsense'}, 500, 'address nonsense: missing port in address'],
      [
        '/proxies/p',
        {enabled: 'x'},
        400,
        'bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled',
      ],
      ['/proxies/nope', '{}', 404, 'proxy not found'],
      ['/proxies/nope/toxics', '{}', 404, 'proxy not found'],
      ['/proxies/p/toxics/nope', '{}', 404, 'toxic not found'],
      ['/proxies/p/toxics', '', 400, 'bad request body: EOF'],
      ['/proxies/p/toxics', {type: 'nope'}, 400, 'invalid toxic type'],
      ['/proxies/p/toxics', {type: 'down'}, 400, 'invalid toxic type'],
      [
        '/proxies/p/toxics',
        {type: 'nope', stream: 'sideways'},
        400,
        'stream was invalid, can be either upstream or downstream',
      ],
      [
        '/proxies/p/toxics',
        {type: 'latency', stream: ''},
        400,
        'stream was invalid, can be either upstream or downstream',
      ],
      ['/proxies/p/toxics', {type: 'latency', attributes: 'x'}, 400, 'bad request body: json: cannot unmarshal string'],
      [
        '/proxies/p/toxics',
        '{"type":"latency","attributes":{"latency":1.5}}',
        400,
        'bad request body: json: cannot unmarshal number 1.5',
      ],
      [
        '/proxies/p/toxics',
        '{"type":"latency","attributes":{"latency":1.0}}',
        400,
        'bad request body: json: cannot unmarshal number 1.0',
      ],
      [
        '/proxies/p/toxics',
        '{"type":"latency","attributes":{"latency":99999999999999999999}}',
        400,
        'bad request body: json: cannot unmarshal number',
      ],
      [
        '/proxies/p/toxics',
        '{"type":"latency","toxicity":"x"}',
        400,
        'bad request body: json: cannot unmarshal string',
      ],
      ['/proxies/p/toxics', {type: 'latency', name: 'taken', stream: 'upstream'}, 409, 'toxic already exists'],
      [
        '/proxies/p/toxics/taken',
        '{"attributes":{"jitter":"x"}}',
        400,
        'bad request body: json: cannot unmarshal string',
      ],
    ])('POST %s %j is refused with %i', async (path, body, status, message) => {
      await api('POST', '/proxies', latency)
      await api('POST', '/proxies/p/toxics', {type: 'latency', name: 'taken'})
      const reply = await api('POST', path, body)
      expect(reply.status, reply.text).toBe(status)
      expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(reply.headers['x-content-type-options']).toBe('nosniff')
      expect(reply.text.endsWith('\n')).toBe(true)
      const answer = JSON.parse(reply.text) as {error: string; status: number}
      expect(answer.status).toBe(status)
      expect(answer.error.slice(0, message.length)).toBe(message)
    })
  })
}
