/**
 * Bundles the browser half of the report to one script and one style sheet, which `renderReport` inlines. Run directly, it
 * writes dist/report/app.{js,css}; tests bundle in memory.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The app as text: `{script, style}`. */
export async function buildApp() {
  const result = await build({
    entryPoints: [`${here}main.tsx`],
    outfile: 'app.js',
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'error',
  })
  const text = (suffix) => result.outputFiles.find((file) => file.path.endsWith(suffix)).text.trim()
  return {script: text('.js'), style: text('.css')}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = fileURLToPath(new URL('../../dist/report/', import.meta.url))
  const app = await buildApp()
  mkdirSync(out, {recursive: true})
  writeFileSync(`${out}app.js`, app.script)
  writeFileSync(`${out}app.css`, app.style)
}
