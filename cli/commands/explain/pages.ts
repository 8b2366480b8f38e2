/**
 * What `chaos explain` can explain: the pages of `docs/explain/`, one Markdown file for each anomaly or notion, so that the
 * documentation and the command never differ.
 */
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../../../core/package.ts'

export interface Explanation {
  readonly name: string
  /** The page's heading. */
  readonly title: string
  readonly text: string
}

/** Every page, by name. */
export function explanations(): Explanation[] {
  const directory = fileURLToPath(new URL('docs/explain/', packageRoot))
  return readdirSync(directory)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => {
      const text = readFileSync(`${directory}${file}`, 'utf8')
      const title = /^# (.*)$/m.exec(text)?.[1] ?? file
      return {name: file.slice(0, -'.md'.length), title: title.replace(/^[^:]*: /, ''), text}
    })
}

/**
 * The page of a name, however it is written. Cycles of transactions come in variants that share a page: `G1c-realtime` is
 * explained with `G1c`, `G-single-item-process` with `G-single`, `G2` with `G2-item`.
 */
export function explanationOf(name: string, pages: readonly Explanation[] = explanations()): Explanation | undefined {
  const typed = name.toLowerCase()
  const base = typed.replace(/-(process|realtime)$/, '')
  for (const candidate of [typed, base, base.replace(/-item$/, ''), `${base}-item`]) {
    const page = pages.find((one) => one.name.toLowerCase() === candidate)
    if (page !== undefined) return page
  }
  return undefined
}
