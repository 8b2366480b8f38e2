/**
 * A small process that undoes what only a command can undo, whatever becomes of us: it waits for the end of its input, which
 * comes with our own end, and then runs the commands. The warden knows nothing of it, or it would end it too early.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {quoteWord} from '../../core/shell.ts'

export class Lifeline {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  /** The commands run one after the other, each whatever became of those before it. */
  constructor(commands: readonly (readonly string[])[]) {
    const script = `cat >/dev/null\n${commands.map((words) => words.map(quoteWord).join(' ')).join('\n')}`
    this.#child = spawn('sh', ['-c', script], {detached: true, stdio: ['pipe', 'ignore', 'ignore']})
    this.#child.stdin?.on('error', () => {})
    this.#ended = once(this.#child, 'exit').catch(() => {})
  }

  /** Runs them now; resolves when they have ended. */
  async cut(): Promise<void> {
    this.#child.stdin?.end()
    await this.#ended
  }
}
