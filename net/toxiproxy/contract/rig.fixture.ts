/** What each test of the contract works with: the server's API, proxies on it, and connections through them. */
import {once} from 'node:events'
import {request} from 'node:http'
import {connect, type Socket} from 'node:net'
import {expect} from 'vitest'
import {echo, Peer, Upstream, until} from './peer.fixture.ts'

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

export type Rig = ReturnType<typeof createRig>

/**
 * `url` is asked late: the server starts before the first test. `strict`: how a connection ends tells why
 * (`server/ends.ts`).
 */
export function createRig(url: () => string, strict: boolean) {
  const open: {close(): void}[] = []
  let names = 0

  const api = (verb: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(url(), verb, path, body, headers)
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
  /** How a connection ends that nobody talks on. A reset may come before the connection has been seen to stand. */
  const endOf = (listen: string) =>
    dial(listen).then(
      (peer) => peer.end(),
      (error: NodeJS.ErrnoException) => error.code,
    )
  /** Closes what the test opened, and deletes its proxies. */
  const clean = async () => {
    for (const thing of open.splice(0)) thing.close()
    for (const name of Object.keys(JSON.parse((await api('GET', '/proxies')).text)))
      await api('DELETE', `/proxies/${encodeURIComponent(name)}`)
  }
  /** How a connection ends that is taken away from both of its ends. */
  const broken = strict ? 'ECONNRESET' : 'fin'
  return {api, upstream, proxy, dial, endOf, connected, shown, clean, broken}
}
