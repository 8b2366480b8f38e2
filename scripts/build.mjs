// Builds the package into dist/: TypeScript, its modules joined, then the report's browser half. It is built beside and moved into
// place whole, so that a command that is running finds what it was built with until then, and never half of it.
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc')
const fresh = `${root}/dist.${process.pid}`
const old = `${fresh}.old`

try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {cwd: root, stdio: 'inherit'})
  const {bundle} = await import('./bundle.mjs')
  await bundle(fresh, JSON.parse(readFileSync(`${root}/package.json`, 'utf8')))
  const {buildApp} = await import('../report/app/build.mjs')
  const app = await buildApp()
  mkdirSync(`${fresh}/report`, {recursive: true})
  writeFileSync(`${fresh}/report/app.js`, app.script)
  writeFileSync(`${fresh}/report/app.css`, app.style)
  if (existsSync(`${root}/dist`)) renameSync(`${root}/dist`, old)
  renameSync(fresh, `${root}/dist`)
} finally {
  rmSync(fresh, {recursive: true, force: true})
  rmSync(old, {recursive: true, force: true})
}
