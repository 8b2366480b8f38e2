/**
 * What a Toxiproxy server must do, API and bytes, as one suite for every implementation: `contract.test.ts` runs it on
 * ours always and on the real one where there is one. Each expectation was observed on the real server (2.12).
 *
 * Times are lower bounds wherever a toxic must not act early, and generous upper bounds elsewhere: the machine is shared.
 */
import {once} from 'node:events'
import {request} from 'node:http'
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {sleep, wallClock} from '../../core/clock.ts'
import {createRandom} from '../../core/random.ts'

const clock = wallClock()
const nowMs = () => clock.nowNs() / 1e6

export interface ServerUnderTest {
  url: string
  close(): Promise<void>
}

interface Reply {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
}

/** Sends one API request, as raw as it is given. */
export function call(
  api: string,
  verb: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const {hostname, port} = new URL(api)
  const length = text === undefined ? {} : {'Content-Length': String(Buffer.byteLength(text))}
  return new Promise((resolve, reject) => {
    const options = {host: hostname.replace(/[[\]]/g, ''), port, method: verb, path, headers: {...headers, ...length}}
    const sent = request({...options, agent: false}, (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (data) => {
        answer += data
      })
      response.on('end', () => resolve({status: response.statusCode ?? 0, headers: response.headers, text: answer}))
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** One end of a connection, with what happened to it. */
export class Peer {
  readonly socket: Socket
  received = Buffer.alloc(0)
  /** How the other side closed: `fin` or the error's code; undefined while it is open. */
  closed: string | undefined
  /** When the last bytes came, and when it was closed, on the test's clock. */
  lastByteMs = 0
  closedMs = 0
  readonly chunks: number[] = []

  constructor(socket: Socket) {
    this.socket = socket
    const close = (how: string) => {
      if (this.closed !== undefined) return
      this.closed = how
      this.closedMs = nowMs()
    }
    socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data])
      this.chunks.push(data.length)
      this.lastByteMs = nowMs()
    })
    socket.on('end', () => close('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) => close(error.code ?? error.message))
  }

  send(data: string | Buffer): void {
    this.socket.write(data)
  }

  /** Resolves when `bytes` have come in all. */
  async bytes(bytes: number): Promise<void> {
    await until(
      () => this.received.length >= bytes,
      () => `${this.received.length} of ${bytes} bytes (${this.closed})`,
    )
  }

  async end(): Promise<string> {
    await until(
      () => this.closed !== undefined,
      () => 'the connection is still open',
    )
    return this.closed as string
  }

  /** Sends one byte and measures until one comes back, ms. */
  async roundTripMs(): Promise<number> {
    const before = this.received.length
    const startMs = nowMs()
    this.send('x')
    await this.bytes(before + 1)
    return this.lastByteMs - startMs
  }
}

async function until(condition: () => boolean, what: () => string, limitMs = 15_000): Promise<void> {
  const startMs = nowMs()
  while (!condition()) {
    if (nowMs() - startMs > limitMs) throw new Error(`after ${limitMs} ms: ${what()}`)
    await sleep(clock, 1)
  }
}

/** A server that greets each connection with `handler`, and remembers them. */
export class Upstream {
  readonly peers: Peer[] = []
  readonly address: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(handler: (socket: Socket) => void): Promise<Upstream> {
    const server = createServer({noDelay: true, allowHalfOpen: true})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const upstream = new Upstream(server)
    server.on('connection', (socket) => {
      upstream.peers.push(new Peer(socket))
      handler(socket)
    })
    return upstream
  }

  close(): void {
    for (const {socket} of this.peers) socket.destroy()
    this.#server.close()
  }
}

const echo = (socket: Socket) => socket.on('data', (data) => socket.write(data))
const silent = () => {}

/** Defines the suite for one server. */
export function describeContract(name: string, start: () => Promise<ServerUnderTest>): void {
  describe(`the Toxiproxy contract: ${name}`, () => {
    let server: ServerUnderTest
    const open: {close(): void}[] = []
    let names = 0

    beforeAll(async () => {
      server = await start()
    })
    afterAll(async () => {
      await server?.close()
    })
    afterEach(async () => {
      for (const thing of open.splice(0)) thing.close()
      for (const proxy of Object.keys(JSON.parse((await api('GET', '/proxies')).text)))
        await api('DELETE', `/proxies/${encodeURIComponent(proxy)}`)
    })

    const api = (verb: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      call(server.url, verb, path, body, headers)
    const upstream = async (handler: (socket: Socket) => void = echo) => {
      const started = await Upstream.start(handler)
      open.push(started)
      return started
    }
    const proxy = async (to: string, fields: object = {}) => {
      const proxyName = `p${names++}`
      const body = {name: proxyName, listen: '127.0.0.1:0', upstream: to, ...fields}
      const reply = await api('POST', '/proxies', body)
      expect(reply.status, reply.text).toBe(201)
      const toxics = `/proxies/${proxyName}/toxics`
      return {
        name: proxyName,
        path: `/proxies/${proxyName}`,
        listen: (JSON.parse(reply.text) as {listen: string}).listen,
        async toxic(type: string, attributes: object = {}, more: object = {}) {
          const added = await api('POST', toxics, {type, attributes, ...more})
          expect(added.status, added.text).toBe(200)
        },
        async update(toxic: string, change: object) {
          expect((await api('POST', `${toxics}/${toxic}`, change)).status).toBe(200)
        },
        async remove(toxic: string) {
          expect((await api('DELETE', `${toxics}/${toxic}`)).status).toBe(204)
        },
      }
    }
    const dial = async (listen: string) => {
      const socket = connect({
        host: '127.0.0.1',
        port: Number(listen.split(':').pop()),
        noDelay: true,
        allowHalfOpen: true,
      })
      open.push({close: () => socket.destroy()})
      await once(socket, 'connect')
      return new Peer(socket)
    }
    /** An echo server, a proxy before it, and a connection through it that has worked once. */
    const connected = async (handler: (socket: Socket) => void = echo) => {
      const up = await upstream(handler)
      const through = await proxy(up.address)
      const peer = await dial(through.listen)
      if (handler === echo) await peer.roundTripMs()
      else
        await until(
          () => up.peers.length === 1,
          () => 'not connected',
        )
      peer.received = Buffer.alloc(0)
      return {up, through, peer, far: () => up.peers.at(-1) as Peer}
    }
    const shown = (proxyName: string, listen: string, to: string, enabled = true) =>
      `{"name":"${proxyName}","listen":"${listen}","upstream":"${to}","enabled":${enabled},"Logger":{},"toxics":[]}`

    describe('over HTTP', () => {
      it('says its version', async () => {
        const reply = await api('GET', '/version')
        expect(reply.status).toBe(200)
        expect(reply.headers['content-type']).toBe('application/json;charset=utf-8')
        expect(reply.text).toMatch(/^\{"version": "[^"]+"\}\n$/)
        expect(reply.headers['x-toxiproxy-request-id']).toMatch(/^[0-9a-v]{20}$/)
      })

      it.each([
        ['GET', '/', 404],
        ['GET', '/nope', 404],
        ['GET', '/version/', 404],
        ['GET', '/proxies/', 404],
        ['GET', '/proxies/a%2Fb', 404],
        ['PUT', '/nope', 404],
        ['PUT', '/proxies', 405],
        ['HEAD', '/version', 405],
        ['OPTIONS', '/proxies', 405],
        ['GET', '/reset', 405],
        ['GET', '/populate', 405],
        ['DELETE', '/proxies/x/toxics', 405],
      ])('%s %s is %i', async (verb, path, status) => {
        const reply = await api(verb, path)
        expect(reply.status).toBe(status)
        expect(reply.text).toBe(status === 404 ? '404 page not found\n' : '')
        expect(reply.headers['x-toxiproxy-request-id']).toBeUndefined()
      })

      it('keeps browsers out', async () => {
        const reply = await api('GET', '/version', undefined, {'User-Agent': 'Mozilla/5.0'})
        expect([reply.status, reply.text]).toEqual([403, 'User agent not allowed\n'])
        expect((await api('GET', '/version', undefined, {'User-Agent': 'curl Mozilla/5.0'})).status).toBe(200)
      })

      it('creates, shows, lists, changes and deletes a proxy', async () => {
        const created = await api('POST', '/proxies', {name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'})
        const {listen} = JSON.parse(created.text) as {listen: string}
        expect(listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
        expect(created.status).toBe(201)
        expect(created.headers['content-type']).toBe('application/json')
        expect(created.text).toBe(shown('a', listen, '127.0.0.1:1'))
        expect((await api('GET', '/proxies/a')).text).toBe(created.text)
        await api('POST', '/proxies', {name: 'Z', listen: '127.0.0.1:0', upstream: 'x:1', enabled: false})
        const list = `{"Z":${shown('Z', '127.0.0.1:0', 'x:1', false)},"a":${created.text}}`
        expect((await api('GET', '/proxies')).text).toBe(list)
        for (const verb of ['POST', 'PATCH'])
          expect((await api(verb, '/proxies/a', {upstream: '127.0.0.1:2', name: 'other'})).text).toBe(
            shown('a', listen, '127.0.0.1:2'),
          )
        const deleted = await api('DELETE', '/proxies/a')
        expect([deleted.status, deleted.text]).toEqual([204, ''])
        expect((await api('GET', '/proxies/a')).status).toBe(404)
      })

      it('reads fields in any case, the first JSON value only, and null as absent', async () => {
        const body = '{"NAME":"a","Listen":"127.0.0.1:0","UPSTREAM":"x:1","enabled":null,"more":1} trailing'
        expect((await api('POST', '/proxies', body)).status).toBe(201)
        const toxic = await api('POST', '/proxies/a/toxics', {
          TYPE: 'latency',
          Attributes: {LATENCY: 5},
          toxicity: null,
        })
        expect(JSON.parse(toxic.text)).toMatchObject({attributes: {latency: 5, jitter: 0}, toxicity: 1})
      })

      it('does not resolve the address of a proxy that never ran, and keeps the one it got', async () => {
        await api('POST', '/proxies', {name: 'a', listen: 'localhost:0', upstream: 'x:1', enabled: false})
        expect(JSON.parse((await api('GET', '/proxies/a')).text)).toMatchObject({listen: 'localhost:0', enabled: false})
        const {listen} = JSON.parse((await api('POST', '/proxies/a', {enabled: true})).text) as {listen: string}
        expect(listen).toMatch(/^127\.0\.0\.1:[1-9]/)
        const off = JSON.parse((await api('POST', '/proxies/a', {enabled: false})).text)
        expect(off).toMatchObject({listen, enabled: false})
      })

      it('stays stopped at the new address when that cannot be bound', async () => {
        const taken = await upstream(silent)
        await api('POST', '/proxies', {name: 'a', listen: '127.0.0.1:0', upstream: 'x:1'})
        const failed = await api('POST', '/proxies/a', {listen: taken.address})
        expect(failed.status).toBe(500)
        expect(failed.text).toBe(`{"error":"listen tcp ${taken.address}: bind: address already in use","status":500}\n`)
        expect((await api('GET', '/proxies/a')).text).toBe(shown('a', taken.address, 'x:1', false))
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
        [
          '/proxies',
          {...latency, name: 'q', listen: '127.0.0.1:99999'},
          500,
          'listen tcp: address 99999: invalid port',
        ],
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
        [
          '/proxies/p/toxics',
          {type: 'latency', attributes: 'x'},
          400,
          'bad request body: json: cannot unmarshal string',
        ],
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

      it('populates: keeps what is the same, replaces what is elsewhere', async () => {
        const one = await api('POST', '/populate', [
          {name: 'a', listen: '127.0.0.1:0', upstream: 'x:1'},
          {name: 'b', listen: '127.0.0.1:0', upstream: 'x:1', enabled: false},
        ])
        expect([one.status, one.headers['content-type']]).toEqual([201, 'application/json'])
        const [a, b] = (JSON.parse(one.text) as {proxies: {listen: string}[]}).proxies as [
          {listen: string},
          {listen: string},
        ]
        expect(one.text).toBe(`{"proxies":[${shown('a', a.listen, 'x:1')},${shown('b', '127.0.0.1:0', 'x:1', false)}]}`)
        expect(b).toMatchObject({listen: '127.0.0.1:0'})
        await api('POST', '/proxies/a/toxics', {type: 'latency'})
        const same = await api('POST', '/populate', [{name: 'a', listen: a.listen, upstream: 'x:1', enabled: false}])
        expect(JSON.parse(same.text).proxies[0]).toMatchObject({enabled: true, toxics: [{type: 'latency'}]})
        const moved = await api('POST', '/populate', [{name: 'a', listen: a.listen, upstream: 'x:2'}])
        expect(moved.text).toBe(`{"proxies":[${shown('a', a.listen, 'x:2')}]}`)
      })

      it('populates nothing when a proxy makes no sense, and what came before one that does not start', async () => {
        const bad = await api('POST', '/populate', [{name: 'a', upstream: 'x:1', listen: '127.0.0.1:0'}, {name: 'b'}])
        expect([bad.status, bad.headers['content-type']]).toEqual([400, 'application/json'])
        expect(bad.text).toBe('{"error":"missing required field: upstream at proxy 2","status":400,"proxies":null}')
        expect((await api('GET', '/proxies')).text).toBe('{}')
        const half = await api('POST', '/populate', [
          {name: 'a', upstream: 'x:1', listen: '127.0.0.1:0'},
          {name: 'b', upstream: 'x:1', listen: 'nonsense'},
        ])
        expect(half.status).toBe(500)
        const answer = JSON.parse(half.text) as {error: string; proxies: {name: string}[]}
        expect(answer.error).toBe('listen tcp: address nonsense: missing port in address')
        expect(answer.proxies.map((entry) => entry.name)).toEqual(['a'])
        expect((await api('POST', '/populate', '[]')).text).toBe('{"proxies":null}')
        expect((await api('POST', '/populate', '{')).text).toBe(
          '{"error":"bad request body: unexpected EOF","status":400,"proxies":null}',
        )
      })

      it('resets: everything enabled, no toxics', async () => {
        const {path} = await proxy('x:1', {enabled: false})
        await api('POST', `${path}/toxics`, {type: 'latency'})
        const reply = await api('POST', '/reset', 'ignored')
        expect([reply.status, reply.text]).toEqual([204, ''])
        expect(JSON.parse((await api('GET', path)).text)).toMatchObject({enabled: true, toxics: []})
      })

      it('counts bytes per direction once a connection has ended', async () => {
        const {through, peer, far, up} = await connected()
        peer.send('abc')
        await peer.bytes(3)
        peer.socket.destroy()
        await far().end()
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

    describe('on bytes', () => {
      const pattern = (bytes: number) => {
        const random = createRandom('pattern')
        const data = Buffer.alloc(bytes)
        for (let i = 0; i + 4 <= bytes; i += 4) data.writeUInt32LE(random.uint32(), i)
        return data
      }

      it('passes megabytes both ways unchanged', async () => {
        const {peer} = await connected()
        const data = pattern(8 * 1024 * 1024)
        peer.send(data)
        await peer.bytes(data.length)
        expect(peer.received.equals(data)).toBe(true)
      })

      it('loses and reorders nothing while toxics come and go', async () => {
        const {peer, through} = await connected()
        const data = pattern(4 * 1024 * 1024)
        let sent = 0
        const sending = (async () => {
          while (sent < data.length) {
            peer.send(data.subarray(sent, (sent += 16 * 1024)))
            await sleep(clock, 1)
          }
        })()
        for (let round = 0; sent < data.length; round++) {
          const stream = round % 2 === 0 ? 'upstream' : 'downstream'
          await through.toxic('latency', {latency: 3, jitter: 3}, {name: 'a', stream})
          await through.toxic('slicer', {average_size: 5000, size_variation: 500}, {name: 'b', stream})
          await through.toxic('bandwidth', {rate: 50_000}, {name: 'c', stream})
          await through.update('b', {attributes: {average_size: 2000}})
          await through.remove('b')
          await through.update('a', {attributes: {latency: 1}})
          await through.remove('a')
          await through.remove('c')
        }
        await sending
        await peer.bytes(data.length)
        expect(peer.received.equals(data)).toBe(true)
      })

      it('holds a fast writer back when the reader is slow', async () => {
        const {peer} = await connected((socket) => socket.pause())
        const block = Buffer.alloc(1 << 20)
        for (let i = 0; i < 64; i++) peer.send(block)
        await sleep(clock, 500)
        expect(peer.socket.writableLength).toBeGreaterThan(20 << 20)
      })

      it('closes altogether when either side ends', async () => {
        const {peer, far} = await connected(silent)
        peer.socket.end('q')
        expect(await far().end()).toBe('fin')
        expect(far().received.toString()).toBe('q')
        expect(await peer.end()).toBe('fin')
      })

      it('turns a reset into an end', async () => {
        const {peer, far} = await connected(silent)
        far().socket.resetAndDestroy()
        expect(await peer.end()).toBe('fin')
      })

      it('accepts and closes when the upstream refuses, or is no address', async () => {
        for (const to of ['127.0.0.1:1', 'nonsense']) {
          const {listen} = await proxy(to)
          expect(await (await dial(listen)).end()).toBe('fin')
        }
      })

      it('refuses and closes when disabled or deleted, and works again when enabled', async () => {
        const {peer, through} = await connected()
        await api('POST', through.path, {enabled: false})
        expect(await peer.end()).toBe('fin')
        await expect(dial(through.listen)).rejects.toMatchObject({code: 'ECONNREFUSED'})
        await api('POST', through.path, {enabled: true})
        const again = await dial(through.listen)
        await again.roundTripMs()
        await api('DELETE', through.path)
        expect(await again.end()).toBe('fin')
        await expect(dial(through.listen)).rejects.toMatchObject({code: 'ECONNREFUSED'})
      })

      it('follows its upstream elsewhere: connections close, toxics stay', async () => {
        const {peer, through} = await connected()
        const other = await upstream((socket) => socket.end('other'))
        await through.toxic('latency', {latency: 50})
        await api('POST', through.path, {enabled: true})
        await peer.roundTripMs()
        await api('POST', through.path, {upstream: other.address})
        expect(await peer.end()).toBe('fin')
        const again = await dial(through.listen)
        await again.end()
        expect(again.received.toString()).toBe('other')
        expect(JSON.parse((await api('GET', through.path)).text).toxics).toHaveLength(1)
      })

      it('latency: delays each way by itself, on live connections too, and adds up', async () => {
        const {peer, through} = await connected()
        await through.toxic('latency', {latency: 60})
        expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(59)
        await through.toxic('latency', {latency: 60}, {stream: 'upstream'})
        expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(118)
        await through.toxic('latency', {latency: 60}, {name: 'more'})
        expect(await peer.roundTripMs()).toBeGreaterThanOrEqual(177)
        for (const name of ['latency_downstream', 'latency_upstream', 'more']) await through.remove(name)
        expect(await peer.roundTripMs()).toBeLessThan(59)
      })

      it('latency: shifts a stream of chunks, in order, instead of stretching it', async () => {
        const {peer, through} = await connected()
        await through.toxic('latency', {latency: 200, jitter: 40})
        const startMs = nowMs()
        for (let i = 0; i < 20; i++) {
          peer.send(String.fromCharCode(97 + i))
          await sleep(clock, 5)
        }
        await peer.bytes(20)
        expect(peer.received.toString()).toBe('abcdefghijklmnopqrst')
        expect(peer.lastByteMs - startMs).toBeLessThan(2000)
      })

      it('latency: holds the end back behind data, and only then', async () => {
        const up = await upstream((socket) => socket.end('hi'))
        const through = await proxy(up.address)
        await through.toxic('latency', {latency: 150})
        const startMs = nowMs()
        const peer = await dial(through.listen)
        await peer.end()
        expect(peer.received.toString()).toBe('hi')
        expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(149)
        await through.update('latency_downstream', {attributes: {latency: 30_000}})
        const bare = await proxy((await upstream((socket) => socket.end())).address)
        await bare.toxic('latency', {latency: 30_000})
        expect(await (await dial(bare.listen)).end()).toBe('fin')
      })

      it('latency: lets what it holds go when it is changed or removed', async () => {
        const {peer, through} = await connected()
        await through.toxic('latency', {latency: 60_000})
        peer.send('a')
        await sleep(clock, 50)
        await through.update('latency_downstream', {attributes: {latency: 50_000}})
        await peer.bytes(1)
        peer.send('bc')
        await sleep(clock, 50)
        await through.remove('latency_downstream')
        await peer.bytes(3)
        expect(peer.received.toString()).toBe('abc')
      })

      it('bandwidth: limits the rate, 0 stops, a change goes on', async () => {
        const {peer, through} = await connected()
        await through.toxic('bandwidth', {rate: 100})
        const startMs = nowMs()
        peer.send(Buffer.alloc(50_000))
        await peer.bytes(50_000)
        expect(peer.lastByteMs - startMs).toBeGreaterThanOrEqual(450)
        await through.update('bandwidth_downstream', {attributes: {rate: 0}})
        peer.received = Buffer.alloc(0)
        peer.send('abc')
        await sleep(clock, 300)
        expect(peer.received.length).toBe(0)
        await through.update('bandwidth_downstream', {attributes: {rate: 1000}})
        await peer.bytes(3)
      })

      it('slow_close: delays the end only; removing it ends now', async () => {
        const up = await upstream((socket) => socket.end('bye'))
        const through = await proxy(up.address)
        await through.toxic('slow_close', {delay: 300})
        const startMs = nowMs()
        const peer = await dial(through.listen)
        await peer.bytes(3)
        await peer.end()
        expect(peer.closedMs - peer.lastByteMs).toBeGreaterThanOrEqual(200)
        expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(299)
        await through.update('slow_close_downstream', {attributes: {delay: 60_000}})
        const other = await dial(through.listen)
        await other.bytes(3)
        await sleep(clock, 50)
        expect(other.closed).toBeUndefined()
        await through.remove('slow_close_downstream')
        expect(await other.end()).toBe('fin')
      })

      it('timeout 0: swallows, stays open, and closes when removed or reset', async () => {
        for (const undo of ['remove', 'reset']) {
          const {peer, through, far} = await connected()
          await through.toxic('timeout', {timeout: 0}, {stream: 'upstream'})
          peer.send('lost')
          await sleep(clock, 200)
          expect([peer.closed, far().received.toString()]).toEqual([undefined, 'x'])
          far().send('y')
          await peer.bytes(1)
          if (undo === 'remove') await through.remove('timeout_upstream')
          else await api('POST', '/reset')
          expect(await peer.end()).toBe('fin')
          expect(await far().end()).toBe('fin')
          expect(far().received.toString()).toBe('x')
        }
      })

      it('timeout 0: passes an end on', async () => {
        const {peer, through, far} = await connected()
        await through.toxic('timeout', {timeout: 0}, {stream: 'upstream'})
        peer.socket.end('lost')
        expect(await far().end()).toBe('fin')
        expect(far().received.toString()).toBe('x')
      })

      it('timeout: closes connections it spared too, when removed', async () => {
        const {peer, through} = await connected()
        await through.toxic('timeout', {timeout: 0}, {toxicity: 0})
        await peer.roundTripMs()
        await through.remove('timeout_downstream')
        expect(await peer.end()).toBe('fin')
      })

      it('timeout: closes after silence, which every chunk ends', async () => {
        const {peer, through} = await connected()
        await through.toxic('timeout', {timeout: 400})
        const startMs = nowMs()
        while (nowMs() - startMs < 800) {
          peer.send('x')
          await sleep(clock, 20)
          expect(peer.closed).toBeUndefined()
        }
        const lastMs = nowMs()
        expect(await peer.end()).toBe('fin')
        expect(peer.closedMs - lastMs).toBeGreaterThanOrEqual(350)
        expect(peer.received.length).toBe(0)
      })

      it('reset_peer: resets at the first data, not before', async () => {
        const up = await upstream()
        const through = await proxy(up.address)
        await through.toxic('reset_peer', {timeout: 100})
        const peer = await dial(through.listen)
        await sleep(clock, 200)
        expect(peer.closed).toBeUndefined()
        const startMs = nowMs()
        peer.send('x')
        expect(await peer.end()).toBe('ECONNRESET')
        expect(peer.closedMs - startMs).toBeGreaterThanOrEqual(99)
        expect(peer.received.length).toBe(0)
        expect(await (up.peers[0] as Peer).end()).toBe('ECONNRESET')
      })

      it('reset_peer: merely closes connections that are older', async () => {
        const {peer, through, far} = await connected()
        await through.toxic('reset_peer', {timeout: 0})
        peer.send('x')
        expect(await peer.end()).toBe('fin')
        expect(await far().end()).toBe('fin')
      })

      it('reset_peer: connections it spares still close by reset', async () => {
        const up = await upstream()
        const through = await proxy(up.address)
        await through.toxic('reset_peer', {timeout: 0}, {toxicity: 0})
        const peer = await dial(through.listen)
        await peer.roundTripMs()
        peer.socket.end()
        expect(await (up.peers[0] as Peer).end()).toBe('ECONNRESET')
      })

      it('reset_peer: is waited for when removed', async () => {
        const {peer, through} = await connected()
        await through.toxic('reset_peer', {timeout: 600})
        const startMs = nowMs()
        peer.send('x')
        await sleep(clock, 100)
        await through.remove('reset_peer_downstream')
        expect(nowMs() - startMs).toBeGreaterThanOrEqual(590)
        await peer.end()
      })

      it('slicer: cuts chunks up, rests between them, and loses nothing', async () => {
        const {peer, through} = await connected()
        await through.toxic('slicer', {average_size: 64, size_variation: 16, delay: 5000})
        const data = pattern(1024)
        peer.chunks.length = 0
        const startMs = nowMs()
        peer.send(data)
        await peer.bytes(1024)
        expect(peer.received.equals(data)).toBe(true)
        expect(peer.chunks.length).toBeGreaterThanOrEqual(8)
        expect(peer.lastByteMs - startMs).toBeGreaterThanOrEqual(40)
      })

      it('limit_data: passes exactly so many bytes, counted from when it came', async () => {
        const {peer, through} = await connected()
        await through.toxic('limit_data', {bytes: 100})
        peer.send(Buffer.alloc(90))
        await peer.bytes(90)
        await through.update('limit_data_downstream', {attributes: {bytes: 120}})
        peer.send(Buffer.alloc(90))
        expect(await peer.end()).toBe('fin')
        expect(peer.received.length).toBe(120)
        const other = await dial(through.listen)
        other.send(Buffer.alloc(250))
        expect(await other.end()).toBe('fin')
        expect(other.received.length).toBe(120)
      })

      it('limit_data 0: closes at the first data', async () => {
        const {peer, through} = await connected()
        await through.toxic('limit_data', {bytes: 0})
        await sleep(clock, 50)
        expect(peer.closed).toBeUndefined()
        peer.send('x')
        expect(await peer.end()).toBe('fin')
        expect(peer.received.length).toBe(0)
      })

      it('toxicity: hits that share of the connections, each wholly or not at all', async () => {
        const up = await upstream()
        const through = await proxy(up.address)
        await through.toxic('limit_data', {bytes: 3}, {toxicity: 0.5})
        let hit = 0
        for (let i = 0; i < 60; i++) {
          const peer = await dial(through.listen)
          peer.send('abcdef')
          await until(
            () => peer.received.length === 6 || peer.closed !== undefined,
            () => 'nothing',
          )
          if (peer.received.length === 3) hit++
          else expect(peer.received.length).toBe(6)
          peer.socket.destroy()
        }
        expect(hit).toBeGreaterThan(10)
        expect(hit).toBeLessThan(50)
      })

      it('toxicity: is drawn anew when the toxic is touched', async () => {
        const {peer, through} = await connected()
        await through.toxic('latency', {latency: 40}, {toxicity: 0.5})
        const slow: boolean[] = []
        for (let i = 0; i < 24; i++) {
          slow.push((await peer.roundTripMs()) >= 39)
          await through.update('latency_downstream', {})
        }
        expect(new Set(slow).size).toBe(2)
      })
    })
  })
}
