/** Every reporter, by name, and the choice among them. */
import {closeSync, openSync, writeSync} from 'node:fs'
import {UsageError} from '../../core/error.ts'
import {lookUp} from '../../core/registry.ts'
import {diskError} from '../../runner/store.ts'
import {dotReporter, minimalReporter} from './brief.ts'
import {githubReporter} from './github.ts'
import {jsonReporter, ndjsonReporter} from './json.ts'
import {junitReporter} from './junit.ts'
import {listReporter, progressReporter} from './list.ts'
import type {Reporter, ReporterContext} from './reporter.ts'

export const REPORTERS: Readonly<Record<string, (context: ReporterContext) => Reporter>> = {
  list: listReporter,
  minimal: minimalReporter,
  dot: dotReporter,
  json: jsonReporter,
  ndjson: ndjsonReporter,
  junit: junitReporter,
  github: githubReporter,
}

/** Several reporters as one, and the way to close their files. */
export interface Reporters {
  readonly all: readonly Reporter[]
  close(): void
}

/**
 * The reporters asked for, as `name` or `name=path`. Without any: `list`; on GitHub Actions its annotations as well.
 * Throws UsageError for an unknown name, EnvironmentError for a file that cannot be written.
 */
export function chooseReporters(asked: readonly string[], context: ReporterContext): Reporters {
  const names = asked.length > 0 ? asked : context.env['GITHUB_ACTIONS'] === 'true' ? ['list', 'github'] : ['list']
  const files: number[] = []
  const toStdout: string[] = []
  const all = names.map((text) => {
    const [name = '', ...rest] = text.split('=')
    const path = rest.join('=')
    const make = lookUp('reporter', REPORTERS, name)
    if (path === '') {
      toStdout.push(name)
      return make(context)
    }
    const file = openFile(path)
    files.push(file)
    return make({...context, out: (chunk) => writeSync(file, chunk)})
  })
  const documents = toStdout.filter((name) => name === 'json' || name === 'ndjson' || name === 'junit')
  if (documents.length > 0 && toStdout.length > 1) {
    throw new UsageError(`--reporter: ${toStdout.join(' and ')} would be mixed on standard output.`, [
      `Give all but one a file: --reporter ${documents[0]}=FILE`,
    ])
  }
  return {
    all: documents.length > 0 ? [progressReporter(context), ...all] : all,
    close: () => {
      for (const file of files) closeSync(file)
    },
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw diskError('write', path, error)
  }
}
