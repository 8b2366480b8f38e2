/** HTTP around the routes: bodies in, answers out, with the headers and error shapes the real server has. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {posix} from 'node:path'
import {messageOf} from '../../../core/error.ts'
import {ApiError} from './error.ts'
import {goJson} from './go-json.ts'
import {type Answer, route, type Service} from './routes.ts'

/** Whoever rearranges toxics may have to wait for them; not longer than this. */
const HANDLER_LIMIT_MS = 25_000

export function createHttpServer(service: Service): Server {
  const ids = service.random.fork('request ids')
  const server = createServer((request, response) => {
    // Go's server says neither `Connection` nor `Keep-Alive` while it keeps connections open.
    response.removeHeader('connection')
    const path = pathOf(request)
    if (path === undefined) {
      sendText(response, 400, '400 Bad Request')
      return
    }
    const clean = cleanPath(path)
    if (clean !== path) {
      send(response, 301, '', {Location: encodeURI(clean) + queryOf(request)})
      return
    }
    const handler = route(service, request.method ?? 'GET', path)
    if (handler === 'not found') {
      sendText(response, 404, '404 page not found\n')
      return
    }
    if (handler === 'wrong verb') {
      send(response, 405, '')
      return
    }
    response.setHeader('X-Toxiproxy-Request-Id', requestId(ids.uint32(), ids.uint32(), ids.uint32()))
    // A web page must not be able to drive a proxy on the reader's machine.
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      sendText(response, 403, 'User agent not allowed\n')
      return
    }
    const cancel = service.clock.after(HANDLER_LIMIT_MS, () => send(response, 503, ''))
    bodyOf(request)
      .then(handler)
      .then(
        (answer) => sendAnswer(response, answer),
        (error) => sendError(response, error),
      )
      .finally(cancel)
  })
  server.keepAliveTimeout = 0
  return server
}

function pathOf(request: IncomingMessage): string | undefined {
  const raw = (request.url ?? '/').split('?', 1)[0] as string
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}

/**
 * Without doubled slashes and dots. Whoever writes the server's address with a slash at its end asks for `//proxies`: the real
 * server's router tells him where to go.
 */
function cleanPath(path: string): string {
  return posix.normalize(`/${path}`)
}

function queryOf(request: IncomingMessage): string {
  return /\?.*$/.exec(request.url ?? '')?.[0] ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  const {status, json, text, contentType = 'application/json'} = answer
  if (json === undefined && text === undefined) {
    send(response, status, '')
    return
  }
  send(response, status, text ?? goJson(json), {'Content-Type': contentType})
}

function sendError(response: ServerResponse, error: unknown): void {
  const status = error instanceof ApiError ? error.status : 500
  sendText(response, status, `${goJson({error: messageOf(error), status})}\n`)
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, text, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  })
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return
  const bytes = Buffer.from(body)
  const length = status === 204 ? {} : {'Content-Length': String(bytes.length)}
  response.writeHead(status, {...headers, ...length})
  response.end(bytes)
}

/** 96 bits as 20 characters of base 32, the form of the real server's ids. */
function requestId(...words: number[]): string {
  const digits = '0123456789abcdefghijklmnopqrstuv'
  let bits = words.reduce((all, word) => (all << 32n) | BigInt(word), 0n) << 4n
  let id = ''
  for (let i = 0; i < 20; i++) {
    id = digits[Number(bits & 31n)] + id
    bits >>= 5n
  }
  return id
}
