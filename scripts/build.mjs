// Builds the package: TypeScript to dist/, then the report's browser half to one inlined string.
import {execFileSync} from 'node:child_process'
import {existsSync, rmSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc')

rmSync(`${root}/dist`, {recursive: true, force: true})
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {cwd: root, stdio: 'inherit'})
if (existsSync(`${root}/report/app/build.mjs`)) {
  execFileSync(process.execPath, ['report/app/build.mjs'], {cwd: root, stdio: 'inherit'})
}
