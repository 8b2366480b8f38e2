/**
 * The server of `chaos serve`. It listens on the loopback interface and answers only to the names of it, so that no page from
 * elsewhere can read runs through a browser. It reads; it changes nothing but to write a report that is missing.
 */
import {createReadStream, existsSync} from 'node:fs'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {EnvironmentError, messageOf} from '../../../core/error.ts'
import {type RunSummary, summariesOf} from '../../../runner/runs.ts'
import {writePage} from '../../output/report-page.ts'
import {judgingSettings} from '../../settings/judging-settings.ts'
import {type Filter, indexPage} from './index-page.ts'

const HOST = '127.0.0.1'

/** The files of a run that can be asked for. */
const FILES: Readonly<Record<string, string>> = {
  'report.html': 'text/html; charset=utf-8',
  'history.jsonl': 'application/x-ndjson',
  'run.json': 'application/json',
  'plan.json': 'application/json',
  'verdict.json': 'application/json',
}

export interface IndexServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves the runs of these directories. Throws EnvironmentError where the port is taken. */
export async function startServer(directories: readonly string[], port: number): Promise<IndexServer> {
  const server = createServer((request, response) => {
    answer(directories, request, response, portOf(server)).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else send(response, 500, 'text/plain; charset=utf-8', messageOf(error))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'it is in use. Try --port 0 for a free one' : messageOf(error)
      reject(new EnvironmentError(`Cannot listen on ${HOST}:${port}: ${taken}.`))
    })
    server.listen(port, HOST, resolve)
  })
  return {
    url: `http://${HOST}:${portOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answer(
  directories: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  const names = [`${HOST}:${port}`, `localhost:${port}`]
  if (!names.includes(request.headers.host ?? '')) {
    return send(response, 403, 'text/plain; charset=utf-8', `This server answers to ${names.join(' and ')} only.`)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, 405, 'text/plain; charset=utf-8', 'Only GET.')
  }
  const asked = addressOf(request.url ?? '/', `http://${names[0]}`)
  if (asked === undefined) {
    return send(
      response,
      400,
      'text/plain; charset=utf-8',
      `Not an address: ${request.url}. Expected / or /runs/RUN/report.html.`,
    )
  }
  const {pathname, searchParams, words} = asked
  const runs = directories.flatMap(summariesOf)
  if (pathname === '/') return send(response, 200, 'text/html; charset=utf-8', indexPage(runs, filterOf(searchParams)))
  if (pathname === '/runs.json') return send(response, 200, 'application/json', JSON.stringify(runs, null, 2))
  const [, folder, name = '', file = '', ...rest] = words
  const run = runs.find((one) => one.name === name)
  const type = Object.hasOwn(FILES, file) ? FILES[file] : undefined
  if (folder !== 'runs' || run === undefined || type === undefined || rest.length > 0) {
    return send(response, 404, 'text/plain; charset=utf-8', `Nothing is at ${pathname}.`)
  }
  await sendFile(response, run, file, type)
}

/** What is asked for; undefined where it is no address, such as one with a `%` that begins no character. */
function addressOf(url: string, base: string) {
  try {
    const {pathname, searchParams} = new URL(url, base)
    return {pathname, searchParams, words: pathname.split('/').map(decodeURIComponent)}
  } catch {
    return undefined
  }
}

function filterOf(parameters: URLSearchParams): Filter {
  const {text = '', state = '', cell = ''} = Object.fromEntries(parameters)
  return {text, state, cell}
}

async function sendFile(response: ServerResponse, run: RunSummary, file: string, type: string): Promise<void> {
  const path = join(run.path, file)
  // Of a run that is going on there is no report yet.
  if (file === 'report.html' && !existsSync(path) && run.state !== 'running') {
    await writePage(run.path, judgingSettings({}), path)
  }
  if (!existsSync(path)) return send(response, 404, 'text/plain; charset=utf-8', `The run has no ${file}.`)
  response.writeHead(200, {'content-type': type, ...HEADERS})
  await pipeline(createReadStream(path), response)
}

const HEADERS = {'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer'}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {'content-type': type, ...HEADERS}).end(body)
}
