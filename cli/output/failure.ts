/**
 * How a failed command ends: what was found, what would help, the exit code that says which kind of failure it was. Only a
 * bug of ours comes with a stack trace, and that goes into a file.
 */
import {writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {ChaosError, diskWords, EXIT, type ExitCode, messageOf} from '../../core/error.ts'
import {packageRoot} from '../../core/package.ts'
import {closest} from '../../core/registry.ts'

/** What oclif throws for bad arguments, as far as we look at it. */
interface ParseError extends Error {
  readonly oclif?: {readonly exit?: number}
  readonly flags?: readonly string[]
  readonly parse?: {readonly input?: {readonly flags?: Readonly<Record<string, unknown>>}}
}

/** An error in words, and the exit code that goes with it. */
export interface Failure {
  readonly lines: readonly string[]
  readonly exitCode: ExitCode
}

/** What to print for anything that was thrown; `commands` are all that there are. */
export function explainFailure(thrown: unknown, argv: readonly string[], commands: readonly string[] = []): Failure {
  if (thrown instanceof ChaosError) return {lines: [thrown.message, ...thrown.hints], exitCode: thrown.exitCode}
  const error = thrown as ParseError
  const code = (thrown as NodeJS.ErrnoException)?.code
  if (code === 'EEXIT') return {lines: [], exitCode: (error.oclif?.exit ?? EXIT.pass) as ExitCode}
  if (code === 'ENOSPC') return {lines: ['The disk is full.'], exitCode: EXIT.environment}
  const why = diskWords(code)
  if (why !== undefined) return unwritable(thrown as NodeJS.ErrnoException, why)
  if (error?.oclif !== undefined) return {lines: usageLines(error, commands), exitCode: EXIT.usage}
  return bug(thrown, argv)
}

function unwritable({path, syscall, message}: NodeJS.ErrnoException, why: string): Failure {
  const verb = syscall === 'mkdir' ? 'create' : (syscall ?? 'reach')
  const what = path === undefined ? message : `Cannot ${verb} ${path}: ${why}.`
  return {lines: [what, 'Choose another place, or let this user write there.'], exitCode: EXIT.environment}
}

/** What oclif adds to every complaint, whatever it is about. */
const NOISE = /^(See more help|Note: --|Alternatively, you can use "--")/

/** What oclif says where a command that takes no argument is given one: it looks for a command of both names. */
const NO_SUCH_COMMAND = /^command (\S+?):(.+) not found$/

/** What Jepsen, Maelstrom, k6 and Playwright call flags of ours that have other names. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '--time-limit': '--time',
  '--duration': '--time',
  '--node-count': '--nodes',
  '--vus': '--concurrency',
  '--iterations': '--ops',
  '--test-count': '--seeds',
  '--repeat-each': '--seeds',
}

/** oclif's complaint without such lines, and a guess at the flag that was meant. */
function usageLines(error: ParseError, commands: readonly string[]): string[] {
  const [, command, argument] = NO_SUCH_COMMAND.exec(error.message) ?? []
  if (command !== undefined) {
    const below = commands.filter((name) => name.startsWith(`${command} `))
    return [
      `chaos ${command} takes no argument. Got "${argument}".`,
      ...(below.length > 0 ? [`Commands: ${below.join(', ')}`] : []),
      `What it takes: chaos ${command} --help`,
    ]
  }
  const lines = error.message.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line))
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`)
  for (const flag of error.flags ?? []) {
    const guess = known.find((name) => name === ELSEWHERE[flag]) ?? closest(flag, known)
    if (guess !== undefined) lines.push(`Did you mean ${guess}?`)
  }
  if (known.length > 0) lines.push(`Flags: ${known.sort().join(' ')}`)
  return lines
}

/** A bug of ours: the stack trace goes to a file that can be sent along. */
function bug(thrown: unknown, argv: readonly string[]): Failure {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  const file = join(tmpdir(), `chaos-crash-${process.pid}.txt`)
  const lines = [`This is a bug in chaos: ${messageOf(thrown)}`]
  try {
    writeFileSync(file, `chaos ${argv.join(' ')}\nnode ${process.version} ${process.platform}\n\n${stack}\n`)
    lines.push(`Details: ${file}`)
  } catch {
    lines.push(stack)
  }
  return {lines, exitCode: EXIT.bug}
}

/** What to print for what was thrown where nobody waited for it: in a timer or an event of a client, say. */
export function explainStray(thrown: unknown, argv: readonly string[]): Failure {
  const code = (thrown as NodeJS.ErrnoException)?.code
  if (thrown instanceof ChaosError || code === 'ENOSPC') return explainFailure(thrown, argv)
  const place =
    thrown instanceof Error
      ? /^ +at .*?((?:file:\/\/)?\/[^()\n]+:\d+:\d+)\)?$/m.exec(thrown.stack ?? '')?.[1]
      : undefined
  const file = place?.replace(/^file:\/\//, '')
  if (file === undefined || file.startsWith(fileURLToPath(packageRoot))) return bug(thrown, argv)
  return {
    lines: [
      `Thrown where nobody waited for it: ${messageOf(thrown)}`,
      `At ${file}`,
      'What a client starts (timers, events, promises) has to be awaited or handled there: chaos cannot tell which operation it was of.',
    ],
    exitCode: EXIT.usage,
  }
}

/** ` ›  ` before each line, as every message of ours on standard error. */
export function printFailure(failure: Failure, write: (text: string) => void): void {
  for (const line of failure.lines) write(` ›  ${line}\n`)
}
