/**
 * Where this package's own files are, whether it runs from its sources (tests) or from `dist/`.
 * Pure arithmetic on `import.meta.url`; nothing is looked up on disk.
 */

const here = new URL('.', import.meta.url)
const built = here.pathname.endsWith('/dist/core/')

/** The package's root directory, as a file URL that ends with a slash. */
export const packageRoot: URL = new URL(built ? '../../' : '../', here)

/** The URL of a built module, such as `hosts/process/main.js`. Subprocesses always run what was built. */
export function builtModule(path: string): URL {
  return new URL(`dist/${path}`, packageRoot)
}
