/** Watches the files of a directory and of those below it, but for hidden ones, dependencies and the runs themselves. */
import {type FSWatcher, readdirSync, statSync, watch} from 'node:fs'
import {join, relative} from 'node:path'

const IGNORED = new Set(['node_modules', 'dist', 'coverage'])

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
      else changed(relative(root, path))
    })
    // A directory that is removed takes its watcher with it.
    watcher.on('error', () => remove(directory))
    watchers.set(directory, watcher)
    for (const entry of readdirSync(directory, {withFileTypes: true})) {
      if (entry.isDirectory() && !isIgnored(entry.name)) add(join(directory, entry.name))
    }
  }
  const remove = (directory: string) => {
    watchers.get(directory)?.close()
    watchers.delete(directory)
  }

  add(root)
  return () => {
    for (const directory of [...watchers.keys()]) remove(directory)
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}
