/**
 * Watches the files of a directory and of those below it, but for hidden ones, dependencies, the runs themselves, and what
 * programs write as they go: a run that is told by its own log would begin again without end.
 */
import {type FSWatcher, fstatSync, readdirSync, statSync, watch} from 'node:fs'
import {join, relative, sep} from 'node:path'

const IGNORED = new Set(['node_modules', 'dist', 'coverage'])

/** Endings of what nobody edits. */
const WRITTEN = /(?:\.(?:log|out|err|pid|tmp|swp|jsonl)|~)$/

/** Whether it is what our own output goes to (`chaos run --watch > output.txt`). */
function isOurOutput(path: string): boolean {
  const file = statSync(path, {throwIfNoEntry: false})
  return [1, 2].some((descriptor) => {
    try {
      const {dev, ino} = fstatSync(descriptor)
      return file?.dev === dev && file.ino === ino
    } catch {
      // It is closed.
      return false
    }
  })
}

function isIgnored(name: string): boolean {
  return name.startsWith('.') || IGNORED.has(name)
}

/** Calls `changed` with a path relative to `root`; returns how to end it. */
export function watchTree(root: string, changed: (path: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>()

  const add = (directory: string) => {
    // The record of a run changes all the time, wherever it is kept.
    if (watchers.has(directory) || readdirSync(directory).includes('run.json')) return
    const watcher = watch(directory, (_, name) => {
      if (name === null || isIgnored(name)) return
      const path = join(directory, name)
      if (isDirectory(path)) add(path)
      else if (name === 'run.json') remove(directory)
      else if (!WRITTEN.test(name) && !isOurOutput(path)) changed(relative(root, path))
    })
    // A directory that is removed takes its watcher with it.
    watcher.on('error', () => remove(directory))
    watchers.set(directory, watcher)
    for (const entry of readdirSync(directory, {withFileTypes: true})) {
      if (entry.isDirectory() && !isIgnored(entry.name)) add(join(directory, entry.name))
    }
  }
  const remove = (directory: string) => {
    for (const [path, watcher] of watchers) {
      if (path !== directory && !path.startsWith(`${directory}${sep}`)) continue
      watcher.close()
      watchers.delete(path)
    }
  }

  add(root)
  return () => remove(root)
}

function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}
