/** The browser half of the report, as it was bundled when the package was built. The only file access of this folder. */
import {existsSync, readFileSync} from 'node:fs'
import {EnvironmentError} from '../core/error.ts'

/** The app as text, ready to be inlined. */
export interface Bundle {
  readonly script: string
  readonly style: string
}

let cached: Bundle | undefined

/** Reads `dist/report/app.{js,css}`, from wherever this file runs. Throws EnvironmentError when it was never built. */
export function readBundle(): Bundle {
  if (cached !== undefined) return cached
  for (const place of ['./', '../dist/report/']) {
    const script = new URL(`${place}app.js`, import.meta.url)
    if (!existsSync(script)) continue
    cached = {
      script: readFileSync(script, 'utf8'),
      style: readFileSync(new URL(`${place}app.css`, import.meta.url), 'utf8'),
    }
    return cached
  }
  throw new EnvironmentError("The report's browser half is missing (dist/report/app.js).", ['Fix: npm run build'])
}
