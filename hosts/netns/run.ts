/** Runs the tools of the system that make namespaces and rules; `in` says in whose network namespace. */
import {execa} from 'execa'
import {EnvironmentError} from '../../core/error.ts'

const LIMIT_MS = 10_000

/** The words that run a command in the network namespace of a process. */
export function inNamespace(pid: number, words: readonly string[]): string[] {
  return ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...words]
}

/** Runs a command to its end with this input. Throws EnvironmentError with what it said. */
export async function tool(words: readonly string[], input = ''): Promise<string> {
  const [file, ...args] = words
  const result = await execa(file as string, args, {reject: false, timeout: LIMIT_MS, input})
  if (result.exitCode === 0) return result.stdout
  const said = [result.stderr, result.stdout].find((text) => text !== '') ?? result.shortMessage ?? ''
  throw new EnvironmentError(`\`${words.join(' ').slice(0, 120)}\` failed.`, said.split('\n').slice(0, 6))
}
