/**
 * Starts this very program again in a network namespace of its own, which becomes the router of the cluster. Everything
 * that is made there, cables, addresses, rules, belongs to that namespace and is gone with its last process; the machine's
 * own network is never touched.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {EnvironmentError} from '../../core/error.ts'
import {apart, searchPath, whyNoNamespaces} from './support.ts'

const INSIDE = 'CHAOS_IN_NAMESPACE'

/** Whether this process runs in a namespace that `enterNamespace` made. */
export function insideNamespace(): boolean {
  return process.env[INSIDE] === '1'
}

/**
 * Runs the same command line inside; resolves to its exit code. Throws EnvironmentError where it cannot be done. The inner
 * process ends with this one, whatever becomes of it.
 */
export async function enterNamespace(argv: readonly string[] = process.argv.slice(1)): Promise<number> {
  const why = await whyNoNamespaces()
  if (why !== undefined)
    throw new EnvironmentError(`Clusters cannot live in network namespaces here: ${why.reason}.`, [
      why.hint,
      'Or leave --links netns out: proxies need nothing.',
    ])
  const [file, ...words] = apart()
  const inner = spawn(
    file as string,
    // After the user namespace is made: entering one makes the kernel forget whose death ends us.
    [...words, 'setpriv', '--pdeathsig', 'KILL', '--', process.execPath, ...process.execArgv, ...argv],
    // A session of its own, so that a signal reaches it once: from us, whoever has sent it to whom.
    {stdio: 'inherit', detached: true, env: {...process.env, PATH: searchPath(), [INSIDE]: '1'}},
  )
  return await ended(inner)
}

function ended(inner: ChildProcess): Promise<number> {
  // What was started decides when it is over.
  const pass = (signal: NodeJS.Signals) => inner.kill(signal)
  const passed = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of passed) process.on(signal, pass)
  return new Promise((resolve, reject) => {
    inner.once('error', reject)
    inner.once('exit', (code, signal) => {
      for (const passedOn of passed) process.off(passedOn, pass)
      if (signal === null) resolve(code ?? 70)
      else reject(new EnvironmentError(`The run was ended by ${signal}.`, []))
    })
  })
}
