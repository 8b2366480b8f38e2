/** Imports flow one way (docs/architecture.md). A failure names the line that flows back. */
import {expect, test} from 'vitest'
import {type Folder, importsOf, type Source, sources} from './sources.ts'

/** What each folder may import besides itself. */
const ALLOWED: Record<Folder, readonly Folder[]> = {
  core: [],
  checkers: ['core'],
  net: ['core'],
  sim: ['core'],
  nemesis: ['core'],
  report: ['core'],
  workloads: ['core', 'checkers'],
  hosts: ['core', 'net'],
  targets: ['core', 'net', 'hosts', 'sim'],
  runner: ['core', 'checkers', 'workloads', 'nemesis', 'net', 'sim', 'hosts', 'targets'],
  cli: ['core', 'checkers', 'workloads', 'nemesis', 'net', 'sim', 'hosts', 'targets', 'runner', 'report'],
}

/** Folders of pure code. */
const PURE: readonly Folder[] = ['core', 'checkers', 'workloads', 'nemesis']
/** Modules that touch the world outside. */
const EFFECTS =
  /^node:(fs|net|http|https|child_process|worker_threads|dgram|tls|cluster|readline)|^execa$|^toxiproxy-node-client$/

function offences(judge: (source: Source) => string[]): string[] {
  return sources().flatMap(judge)
}

test('imports flow one way', () => {
  const wrong = offences((source) =>
    importsOf(source)
      .filter(({own}) => own)
      .filter(({target}) => {
        const folder = target.split('/')[0] as Folder
        return folder !== source.folder && !ALLOWED[source.folder].includes(folder)
      })
      .map(({line, target}) => `${source.path}:${line} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('files, sockets and processes stay out of the pure folders', () => {
  const wrong = offences((source) =>
    PURE.includes(source.folder)
      ? importsOf(source)
          .filter(({target}) => EFFECTS.test(target))
          .map(({line, target}) => `${source.path}:${line} imports ${target}`)
      : [],
  )
  expect(wrong).toEqual([])
})

test('the scan sees what there is to see', () => {
  const all = sources()
  expect(all.length).toBeGreaterThan(50)
  expect(all.flatMap(importsOf).filter(({own}) => own).length).toBeGreaterThan(100)
})
