/**
 * What `chaos explain` can explain: the pages of `docs/explain/`, one Markdown file for each anomaly or notion, so that the
 * documentation and the command never differ.
 */
import {readdirSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {packageRoot} from '../core/package.ts'

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
