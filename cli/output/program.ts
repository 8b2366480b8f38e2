/** How this program is called from where it was called: `chaos`, or through npx where no `chaos` of ours is on the path. */
import {existsSync, readFileSync, realpathSync} from 'node:fs'
import {delimiter, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../../core/package.ts'
import {quoteWord} from '../../core/shell.ts'

/** The words that begin a command line which can be pasted into a shell. */
export function programWords(env: NodeJS.ProcessEnv = process.env): string {
  const own = fileURLToPath(new URL('bin/chaos.js', packageRoot))
  // npx and package scripts put node_modules/.bin on the path for their own time only.
  const lasting = (env['PATH'] ?? '').split(delimiter).filter((folder) => !/node_modules[/\\]\.bin$/.test(folder))
  if (lasting.some((folder) => sameFile(join(folder, 'chaos'), own))) return 'chaos'
  const [, folder] = /^(.*\/_npx\/[^/]+)\/node_modules\//.exec(own) ?? []
  if (folder === undefined) return 'npx chaos'
  const {name} = JSON.parse(readFileSync(fileURLToPath(new URL('package.json', packageRoot)), 'utf8')) as {name: string}
  return npxWords(folder, name, process.cwd())
}

/** A version or a tag of a registry, as opposed to a file, an address or a repository. */
const VERSION = /^(?:[\^~=<>]*\s*\d[\w.+-]*|[a-z][\w-]*|\*|)$/

/**
 * Where no dependency is installed, npx has to be told what has the command: the package of this name in the registry, or what it
 * was given the first time (a tarball, a repository), which it notes in the folder that it keeps.
 */
export function npxWords(folder: string, name: string, directory: string): string {
  const {dependencies = {}} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Readonly<Record<string, string>>
  }
  const given = Object.hasOwn(dependencies, name) ? (dependencies[name] as string) : ''
  const spec = VERSION.test(given)
    ? name
    : given.startsWith('file:')
      ? pathFrom(directory, join(folder, given.slice(5)))
      : given
  // The package's own command is what npx runs where nothing else is said.
  return name === 'chaos' ? `npx ${quoteWord(spec)}` : `npx -p ${quoteWord(spec)} chaos`
}

/** As npx takes it for a file: what has no slash is a name. */
function pathFrom(directory: string, path: string): string {
  const near = relative(directory, path)
  return near.startsWith('.') ? near : `./${near}`
}

function sameFile(path: string, own: string): boolean {
  return existsSync(path) && realpathSync(path) === realpathSync(own)
}

/** A command line of this program that can be pasted into a shell, whatever its words are. */
export function programLine(...words: readonly string[]): string {
  return [programWords(), ...words.map(quoteWord)].join(' ')
}
