/** Runs the real command line in a directory of the test's own, and looks for what it may have left behind. */
import {mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {ROOT} from '../sources.ts'

export const CHAOS: string = join(ROOT, 'bin/chaos.js')

export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A working directory for commands; `dispose` removes it. */
export class Workplace {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'chaos-e2e-'))

  /** Runs a command to its end. */
  async chaos(...args: string[]): Promise<Ended> {
    const {exitCode, stdout, stderr} = await this.start(args)
    return {exitCode, stdout: String(stdout), stderr: String(stderr)}
  }

  /** Starts a command. */
  start(args: readonly string[], env: Record<string, string> = {}, directory = this.directory, input?: Uint8Array) {
    return execa(process.execPath, [CHAOS, ...args], {
      cwd: directory,
      ...(input === undefined ? {} : {input}),
      reject: false,
      env: {NO_COLOR: '1', CI: '1', GITHUB_ACTIONS: '', ...env},
      stripFinalNewline: false,
    })
  }

  file(...names: string[]): string {
    return join(this.directory, ...names)
  }

  read(...names: string[]): string {
    return readFileSync(this.file(...names), 'utf8')
  }

  dispose(): void {
    rmSync(this.directory, {recursive: true, force: true, maxRetries: 5})
  }
}

/** Processes that work in this directory: what a run in it has left running. Every child inherits its parent's. */
export function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)) return []
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`]
      } catch {
        return []
      }
    })
}
