/** Opens a file with whatever the desktop opens such files with. Never on CI, and never a failure. */
import {spawn} from 'node:child_process'

export function openFile(path: string): void {
  if (process.env['CI'] !== undefined) return
  const command = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open'
  spawn(command, [path], {detached: true, stdio: 'ignore'})
    .on('error', () => {})
    .unref()
}
