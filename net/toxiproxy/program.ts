/** How Node runs one of our own programs: as it is when built, through tsx from the sources. */
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

export interface Program {
  /** The file to run. */
  path: string
  /** What Node needs to be told before it. */
  nodeArguments: string[]
}

/** The program `name` beside the module at `url` (its `import.meta.url`), without extension. */
export function programBeside(url: string, name: string): Program {
  const built = !url.endsWith('.ts')
  const path = fileURLToPath(new URL(`./${name}${built ? '.js' : '.ts'}`, url))
  return {path, nodeArguments: built ? [] : ['--import', createRequire(url).resolve('tsx')]}
}
