/** How this program is called from where it was called: `chaos`, or through npx where no `chaos` of ours is on the path. */
import {existsSync, readFileSync, realpathSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../../core/package.ts'
import {quoteWord} from '../../core/shell.ts'

/** The words that begin a command line which can be pasted into a shell. */
export function programWords(env: NodeJS.ProcessEnv = process.env): string {
  const own = fileURLToPath(new URL('bin/chaos.js', packageRoot))
  // npx and package scripts put node_modules/.bin on the path for their own time only.
  const lasting = (env['PATH'] ?? '').split(delimiter).filter((folder) => !/node_modules[/\\]\.bin$/.test(folder))
  if (lasting.some((folder) => sameFile(join(folder, 'chaos'), own))) return 'chaos'
  return own.includes('/_npx/') ? throughRegistry() : 'npx chaos'
}

/** Where no dependency is installed, npx has to be told which package has the command. */
function throughRegistry(): string {
  const {name} = JSON.parse(readFileSync(fileURLToPath(new URL('package.json', packageRoot)), 'utf8')) as {name: string}
  return name === 'chaos' ? 'npx chaos' : `npx -p ${name} chaos`
}

function sameFile(path: string, own: string): boolean {
  return existsSync(path) && realpathSync(path) === realpathSync(own)
}

/** A command line of this program that can be pasted into a shell, whatever its words are. */
export function programLine(...words: readonly string[]): string {
  return [programWords(), ...words.map(quoteWord)].join(' ')
}
