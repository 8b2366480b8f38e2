/**
 * Errors that a person is meant to read. Each carries the exit code it stands for and the lines that help: what was
 * found, what was expected, what to do. Anything else that is thrown is a bug of ours (exit 70).
 */

/** Exit codes of every command; see docs/architecture.md. */
export const EXIT = {
  pass: 0,
  violation: 1,
  usage: 2,
  inconclusive: 3,
  environment: 4,
  liveness: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A failure with words for the user. `hints` are further lines, shown below the message. */
export class ChaosError extends Error {
  override name = 'ChaosError'
  readonly exitCode: ExitCode
  readonly hints: readonly string[]

  constructor(message: string, exitCode: ExitCode, hints: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : {cause})
    this.exitCode = exitCode
    this.hints = hints
  }
}

/** Bad flags, configuration or history: exit 2. */
export class UsageError extends ChaosError {
  override name = 'UsageError'
  constructor(message: string, hints: readonly string[] = [], cause?: unknown) {
    super(message, EXIT.usage, hints, cause)
  }
}

/** The machine or the target failed us, not the user and not the promise under test: exit 4. */
export class EnvironmentError extends ChaosError {
  override name = 'EnvironmentError'
  constructor(message: string, hints: readonly string[] = [], cause?: unknown) {
    super(message, EXIT.environment, hints, cause)
  }
}

/** The message of anything that was thrown, in one line, with the causes behind it. */
export function messageOf(thrown: unknown): string {
  const parts: string[] = []
  for (let error = thrown; error !== undefined && error !== null && parts.length < 4; ) {
    if (!(error instanceof Error)) {
      parts.push(String(error))
      break
    }
    const code = (error as NodeJS.ErrnoException).code
    const text = code && !error.message.includes(code) ? `${code} ${error.message}` : error.message || error.name
    // What a sentence of ours was made of is said in it already, in words; its cause would follow a full stop.
    if (!parts.some((part) => part.includes(text)))
      parts.push(error.cause === undefined ? text : text.replace(/\.$/, ''))
    error = error.cause
  }
  return parts.join(': ').replaceAll(/\s*\n\s*/g, ' ')
}

/** What the system answers where nothing can be written, in words. */
const DISK_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'no more may be written there (quota)',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
}

/** In words, what a code of a failed disk operation says of the place; undefined for a code that speaks of something else. */
export function diskWords(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(DISK_WORDS, code) ? DISK_WORDS[code] : undefined
}
