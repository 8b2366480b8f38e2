/** Tests that start processes run what was built: builds it anew when a source is newer than the build. */
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {FOLDERS, ROOT} from './sources.ts'

function newest(folder: string): number {
  const files = readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
  return Math.max(
    0,
    ...files
      .filter((file) => /\.(ts|tsx|css|mjs)$/.test(file))
      .map((file) => statSync(join(ROOT, folder, file)).mtimeMs),
  )
}

export default function setup(): void {
  const built = join(ROOT, 'dist/cli/main.js')
  const app = join(ROOT, 'dist/report/app.js')
  if (existsSync(built) && existsSync(app)) {
    const since = Math.min(statSync(built).mtimeMs, statSync(app).mtimeMs)
    if (FOLDERS.every((folder) => newest(folder) <= since)) return
  }
  execFileSync(process.execPath, ['scripts/build.mjs'], {cwd: ROOT, stdio: 'inherit'})
}
