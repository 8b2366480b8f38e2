/**
 * The Toxiproxy server of a run: our own in a child process, the real one when asked for, or one that already runs
 * somewhere. Whatever was started here ends with the caller, even when the caller is killed: the child reads our stdin
 * pipe to its end and goes.
 */
import {execa} from 'execa'
import {sleep, wallClock} from '../../core/clock.ts'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import {freePort, unreachable} from '../ports.ts'
import {createToxiproxyClient} from './client.ts'
import {findOnPath} from './find-on-path.ts'
import {programBeside} from './program.ts'
import {toxiproxyUrl} from './server-url.ts'

const READY_LIMIT_MS = 15_000
const REAL_SERVER = 'toxiproxy-server'

export interface LaunchOptions {
  seed: string | number
  /** Where the server's own output goes; nowhere when absent. */
  logFile?: string
  /** Hears of the process as soon as there is one, to make sure that it ends. It leads a process group of its own. */
  register?: (pid: number) => void
  /** Hears that the server ended though nobody had closed it: how, and the last it wrote where that goes to no file. */
  onUnexpectedEnd?: (how: string, lastLines: readonly string[]) => void
  /** `/metrics` counts bytes per proxy. */
  proxyMetrics?: boolean
  /**
   * Whether the embedded server tells a FIN from a reset (`server/end.ts`); true when absent. A run needs that: a database
   * keeps the work of a client that said FIN and drops that of one that broke off, and a partition that lets the end of a
   * connection through tells the far side that its peer died. The real server is what it is.
   */
  strict?: boolean
}

export interface LaunchedToxiproxy {
  readonly url: string
  readonly version: string
  /** `attached`: somebody else's; it goes on after `close`. */
  readonly kind: 'embedded' | 'real' | 'attached'
  readonly pid?: number
  /** Ends the server, if it was started here. */
  close(): Promise<void>
}

/**
 * `embedded`: our own. `auto`: the real one when `toxiproxy-server` is on PATH, else our own. Anything else is the URL of
 * a server. Throws EnvironmentError when it does not start or answer, UsageError for a URL that is none.
 */
export async function launchToxiproxy(
  mode: 'embedded' | 'auto' | (string & {}),
  options: LaunchOptions,
): Promise<LaunchedToxiproxy> {
  if (mode === 'embedded') return launchEmbedded(options)
  if (mode === 'auto') {
    const binary = findOnPath(REAL_SERVER)
    return binary === undefined ? launchEmbedded(options) : launchReal(binary, options)
  }
  return attach(mode)
}

async function launchEmbedded(options: LaunchOptions): Promise<LaunchedToxiproxy> {
  const flags = [
    ...(options.proxyMetrics ? ['--proxy-metrics'] : []),
    ...(options.strict === false ? [] : ['--strict']),
  ]
  const child = await startChild('main', ['--port=0', `--seed=${options.seed}`, ...flags], options)
  return {...(await described(child.url)), kind: 'embedded', pid: child.pid, close: child.close}
}

/** Runs the real server on a free port. It cannot be asked which port it got, so a port is chosen for it. */
export async function launchReal(binary: string, options: LaunchOptions): Promise<LaunchedToxiproxy> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const metrics = options.proxyMetrics ? ['-proxy-metrics'] : []
    const args = [binary, '-host', '127.0.0.1', '-port', String(port), ...metrics]
    let child: Child | undefined
    try {
      child = await startChild('guard', args, options)
      const url = `http://127.0.0.1:${port}`
      await untilAnswering({host: '127.0.0.1', port}, child.ended)
      return {...(await described(url)), kind: 'real', pid: child.pid, close: child.close}
    } catch (error) {
      await child?.close()
      const hints = error instanceof EnvironmentError ? error.hints : (child?.lastLines ?? [])
      if (attempt === 3) throw new EnvironmentError(`${binary} does not start: ${messageOf(error)}`, hints, error)
    }
  }
}

async function attach(url: string): Promise<LaunchedToxiproxy> {
  const parsed = toxiproxyUrl(url)
  const address = {host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || 80)}
  const why = await unreachable(address, 3000)
  if (why !== undefined)
    throw new EnvironmentError(
      `no Toxiproxy server at ${url}: ${messageOf(why)}`,
      ['start one there, or let chaos bring its own: --toxiproxy embedded'],
      why,
    )
  return {...(await described(url)), kind: 'attached', close: async () => {}}
}

async function described(url: string): Promise<{url: string; version: string}> {
  const client = createToxiproxyClient(url)
  try {
    return {url: client.url, version: await client.version()}
  } finally {
    client.close()
  }
}

interface Child {
  readonly url: string
  readonly pid: number
  /** Resolves with what happened when the process is gone. */
  readonly ended: Promise<string>
  /** The end of what it wrote to stderr, as it comes. */
  readonly lastLines: readonly string[]
  close(): Promise<void>
}

/** Starts one of our two entry points, and waits for its line. */
async function startChild(entry: 'main' | 'guard', args: string[], options: LaunchOptions): Promise<Child> {
  const {path, nodeArguments} = programBeside(import.meta.url, entry)
  const child = execa(process.execPath, [...nodeArguments, path, ...args], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: options.logFile === undefined ? 'pipe' : ['pipe', {file: options.logFile, append: true}],
    // A Ctrl-C reaches the whole foreground group; faults can only be healed while the proxies are still there.
    detached: true,
    cleanup: false,
    reject: false,
    buffer: {stdout: false, stderr: false},
    // An extra certificate file costs every start of Node its parsing, and nothing here speaks TLS.
    // And by default the real server writes several lines per connection.
    env: {NODE_EXTRA_CA_CERTS: undefined, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error'},
  })
  child.stdin.on('error', () => {})
  const lastLines: string[] = []
  child.stderr.on('data', (text) => {
    lastLines.push(...String(text).trimEnd().split('\n'))
    lastLines.splice(0, lastLines.length - 5)
  })
  const ended = child.then(({originalMessage, signal, exitCode}) => {
    const words = signal === undefined ? `it ended with exit code ${exitCode}` : `it was ended by ${signal}`
    return originalMessage ?? words
  })
  let closing = false
  void ended.then((how) => {
    if (!closing) options.onUnexpectedEnd?.(how, lastLines)
  })
  const close = async () => {
    closing = true
    child.stdin.end()
    const cancel = wallClock().after(2000, () => killGroup(child.pid))
    await ended
    cancel()
  }
  if (child.pid !== undefined) options.register?.(child.pid)
  try {
    const line = await firstLine(child.stdout, ended)
    return {url: (JSON.parse(line) as {url: string}).url, pid: child.pid as number, ended, lastLines, close}
  } catch (error) {
    await close()
    throw new EnvironmentError(`the Toxiproxy server does not start: ${messageOf(error)}`, lastLines, error)
  }
}

/** A process and what it started; it leads a group of its own. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

function firstLine(stdout: NodeJS.ReadableStream, ended: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const cancel = wallClock().after(READY_LIMIT_MS, () => reject(new Error(`not ready within ${READY_LIMIT_MS} ms`)))
    stdout.on('data', (data) => {
      text += String(data)
      const end = text.indexOf('\n')
      if (end < 0) return
      cancel()
      resolve(text.slice(0, end))
    })
    void ended.then((how) => {
      cancel()
      reject(new Error(how))
    })
  })
}

/** Until the server takes connections, or its process is gone. */
async function untilAnswering(address: {host: string; port: number}, ended: Promise<string>): Promise<void> {
  const clock = wallClock()
  const untilNs = clock.nowNs() + READY_LIMIT_MS * 1e6
  let gone: string | undefined
  void ended.then((how) => {
    gone = how
  })
  for (;;) {
    const why = await unreachable(address, 1000)
    if (gone !== undefined) throw new Error(gone)
    if (why === undefined) return
    if (clock.nowNs() > untilNs) throw why
    await sleep(clock, 20)
  }
}
