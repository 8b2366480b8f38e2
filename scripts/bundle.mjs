// Joins the modules of a build into few: each entry with what only it needs, what several need in chunks. `chaos check` then
// opens 73 files of ours where it opened 348, and starts with two thirds of the processor time. One module stays one, whoever imports
// it, because all entries are joined at once: an error of `chaos/config` is the same class to the command and to a user's file.
import {cpSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join, relative} from 'node:path'
import {build} from 'esbuild'

/** What bench/sim imports of a build, to measure it beside builds that were not joined. */
const MEASURED = [
  'core/random.js',
  'nemesis/index.js',
  'runner/lab/attempt.js',
  'runner/settings/resolve.js',
  'runner/settings/run-settings.js',
  'runner/simulate.js',
  'sim/world.js',
  'targets/index.js',
  'workloads/index.js',
]

/** What is started or imported by its path, in `dist`: the package's exports, commands, programs, threads, nodes. */
function entriesOf(folder, {exports}) {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'})
  const programs = files.filter((file) => /(^|[/-])(main|thread|guard)\.js$/.test(file))
  const nodes = readFileSync(join(folder, 'targets/index.js'), 'utf8').matchAll(/'(targets\/[\w/-]+\.js)'/g)
  const imported = Object.values(exports).flatMap((entry) => entry.default?.replace('./dist/', '') ?? [])
  return new Set([
    'cli/commands/index.js',
    'cli/output/command-help.js',
    ...MEASURED,
    ...imported,
    ...programs,
    ...[...nodes].map(([, file]) => file),
  ])
}

/** `import.meta.url` is where a module was before it was joined: programs and pages are found beside it. */
const unmoved = (folder) => ({
  name: 'unmoved',
  setup({onLoad}) {
    onLoad({filter: /\.js$/, namespace: 'file'}, ({path}) => {
      const file = relative(folder, path)
      if (file.startsWith('..')) return
      const text = readFileSync(path, 'utf8')
      const root = `import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/'))`
      return {contents: text.replaceAll('import.meta.url', `(${root} + '/dist/${file}')`), loader: 'js'}
    })
  },
})

/** Joins what stands in `folder`, a build of TypeScript with its declarations; the package's description is `described`. */
export async function bundle(folder, described) {
  const joined = `${folder}.joined`
  try {
    await build({
      entryPoints: [...entriesOf(folder, described)].map((file) => join(folder, file)),
      outbase: folder,
      outdir: joined,
      chunkNames: 'chunks/[name]-[hash]',
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      plugins: [unmoved(folder)],
      logLevel: 'warning',
    })
    for (const file of readdirSync(folder, {recursive: true, encoding: 'utf8'})) {
      if (file.endsWith('.js')) rmSync(join(folder, file))
    }
    cpSync(joined, folder, {recursive: true})
  } finally {
    rmSync(joined, {recursive: true, force: true})
  }
}
