/**
 * `chaos run --watch`: the same run again whenever a file of the working directory changes. Each run is a process of its own,
 * so that it sees modules as they are now. A change while one goes on interrupts it.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {wallClock} from '../../../core/clock.ts'
import {packageRoot} from '../../../core/package.ts'
import {watchInterrupts} from '../../output/terminal.ts'
import {watchTree} from './tree.ts'

/** Editors write a file in several steps: what follows within this time is the same change. */
const SETTLED_MS = 200

/** `words` are the arguments of `chaos run`. Resolves once it is interrupted, to the exit code for that. */
export async function runAgainOnChange(words: readonly string[]): Promise<number> {
  const interrupts = watchInterrupts()
  const clock = wallClock()
  let child: ChildProcess | undefined
  let wake = () => {}
  let changed: string | undefined
  let settle = () => {}
  const close = watchTree(process.cwd(), (path) => {
    changed = path
    settle()
    settle = clock.after(SETTLED_MS, () => {
      child?.kill('SIGINT')
      wake()
    })
  })
  interrupts.signal.addEventListener('abort', () => wake(), {once: true})
  try {
    while (!interrupts.signal.aborted) {
      changed = undefined
      child = spawn(process.execPath, [fileURLToPath(new URL('bin/chaos.js', packageRoot)), 'run', ...words], {
        stdio: 'inherit',
      })
      await once(child, 'exit')
      child = undefined
      if (interrupts.signal.aborted) break
      if (changed === undefined) {
        process.stderr.write('\n waiting for a file to change (Ctrl-C ends)\n')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (changed !== undefined) process.stderr.write(`\n ${changed} changed\n\n`)
    }
  } finally {
    settle()
    close()
    interrupts.dispose()
  }
  return interrupts.exitCode() ?? 0
}
