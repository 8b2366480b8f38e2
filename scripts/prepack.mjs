// Before the package is packed: builds what is missing or older than its sources, and nothing under a command that is
// running. No `prepare` script: npm would warn users of it.
import {existsSync, readdirSync, statSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = ['dist/cli/main.js', 'dist/report/app.js'].map((file) => `${root}/${file}`)

/** Folders of sources are those that hold TypeScript and are built. */
const folders = [
  'cli',
  'core',
  'checkers',
  'workloads',
  'nemesis',
  'hosts',
  'targets',
  'net',
  'sim',
  'runner',
  'report',
]

function newest(folder) {
  const files = readdirSync(`${root}/${folder}`, {recursive: true, encoding: 'utf8'})
  const sources = files.filter((file) => /\.(tsx?|css|mjs)$/.test(file) && !/\.test\.ts$/.test(file))
  return Math.max(0, ...sources.map((file) => statSync(`${root}/${folder}/${file}`).mtimeMs))
}

const present = folders.filter((folder) => existsSync(`${root}/${folder}`))
const stale =
  !built.every((file) => existsSync(file)) ||
  Math.max(...present.map(newest)) > Math.min(...built.map((file) => statSync(file).mtimeMs))
if (present.length > 0 && stale) await import('./build.mjs')
