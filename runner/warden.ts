/**
 * The promise that nothing outlives a run, even when the harness itself is killed: a small process that watches us. While
 * we live we end our own; the moment we are gone it ends whatever we had registered, frozen processes included.
 */
import {fileURLToPath} from 'node:url'
import {execa} from 'execa'
import {builtModule} from '../core/package.ts'

export interface Warden {
  /** Ends this process group should we die; call what it returns once the group has ended by itself. */
  guard(pid: number): () => void
  /** Removes this directory should we die, or when the warden is dismissed. */
  removeLater(directory: string): void
  /** Orderly end: ends what is still registered and removes the directories; resolves when the warden is gone. */
  dismiss(): Promise<void>
}

export function startWarden(): Warden {
  const child = execa(process.execPath, [fileURLToPath(builtModule('runner/warden-main.js'))], {
    detached: true,
    cleanup: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false,
    buffer: false,
    env: {NODE_EXTRA_CA_CERTS: ''},
  })
  // A warden that died takes its pipe with it; the run goes on without a net.
  child.stdin.on('error', () => {})
  const say = (line: string) => {
    if (child.stdin.writable) child.stdin.write(`${line}\n`)
  }
  return {
    guard(pid) {
      say(`guard ${pid}`)
      return () => say(`release ${pid}`)
    },
    removeLater: (directory) => say(`remove ${directory}`),
    async dismiss() {
      child.stdin.end()
      await child
    },
  }
}
