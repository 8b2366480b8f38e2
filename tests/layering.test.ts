/** Imports flow one way (docs/architecture.md). A failure names the line that flows back. */
import {expect, test} from 'vitest'
import {circlesIn} from './circles.ts'
import {type Folder, importsOf, type Source, sources, writtenFiles} from './sources.ts'

/** What each folder may import besides itself. */
const ALLOWED: Record<Folder, readonly Folder[]> = {
  core: [],
  checkers: ['core'],
  net: ['core'],
  sim: ['core'],
  nemesis: ['core'],
  report: ['core'],
  workloads: ['core', 'checkers'],
  hosts: ['core', 'net', 'sim'],
  targets: ['core', 'net', 'hosts', 'sim'],
  runner: ['core', 'checkers', 'workloads', 'nemesis', 'net', 'hosts', 'sim', 'targets'],
  cli: ['core', 'checkers', 'workloads', 'nemesis', 'net', 'hosts', 'sim', 'targets', 'runner', 'report'],
}

/** Folders of pure code. */
const PURE: readonly Folder[] = ['core', 'checkers', 'workloads', 'nemesis']
/** Modules that touch the world outside. */
const EFFECTS =
  /^node:(fs|net|http|https|child_process|worker_threads|dgram|tls|cluster|readline)|^execa$|^toxiproxy-node-client$/

/** Lines of the longest file there may be. */
const MOST_LINES = 400
/** Files that are longer yet, with their length. They may only get shorter, and none may be added. */
const LONG: Readonly<Record<string, number>> = {}

function offences(judge: (source: Source) => string[]): string[] {
  return sources().flatMap(judge)
}

test('imports flow one way', () => {
  const wrong = offences((source) =>
    importsOf(source)
      .filter(({own}) => own)
      .filter(({target}) => {
        const folder = target.split('/')[0] as Folder
        return folder !== source.folder && !ALLOWED[source.folder as Folder].includes(folder)
      })
      .map(({line, target}) => `${source.path}:${line} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('files, sockets and processes stay out of the pure folders', () => {
  const wrong = offences((source) =>
    PURE.includes(source.folder as Folder)
      ? importsOf(source)
          .filter(({target}) => EFFECTS.test(target))
          .map(({line, target}) => `${source.path}:${line} imports ${target}`)
      : [],
  )
  expect(wrong).toEqual([])
})

test('no file imports in a circle, types included', () => {
  const graph = new Map(
    writtenFiles().map((source) => [
      source.path,
      importsOf(source)
        .filter(({own}) => own)
        .map(({target}) => target),
    ]),
  )
  expect(circlesIn(graph).map((circle) => circle.join(' -> '))).toEqual([])
  expect(circlesIn(new Map([...graph, ['core/op.ts', ['checkers/index.ts']]]))).not.toEqual([])
})

test('files are small', () => {
  const files = writtenFiles()
  const lengths = files.map(({lines}) => lines.length).sort((a, b) => a - b)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(110)
  expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(250)
  const long = files.filter(({path, lines}) => lines.length > (LONG[path] ?? MOST_LINES))
  expect(long.map(({path, lines}) => `${path}: ${lines.length} lines`)).toEqual([])
})

test('the list of long files only shrinks', () => {
  const lengths = new Map(writtenFiles().map(({path, lines}) => [path, lines.length]))
  const settled = Object.keys(LONG).filter((path) => (lengths.get(path) ?? 0) <= MOST_LINES)
  expect(settled, 'short enough, or gone: take them off the list').toEqual([])
})

test('the scan sees what there is to see', () => {
  const all = sources()
  expect(all.length).toBeGreaterThan(50)
  expect(all.flatMap(importsOf).filter(({own}) => own).length).toBeGreaterThan(100)
})
