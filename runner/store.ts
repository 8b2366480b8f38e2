/**
 * The run directory: what was asked (`run.json`, `plan.json`), what happened (`history.jsonl`, logs, events) and what we
 * think of it (`verdict.json`, `report.html`) are different files. Derived files appear whole or not at all.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, join, relative, resolve} from 'node:path'
import {diskWords, EnvironmentError, messageOf, UsageError} from '../core/error.ts'

/** Where runs are kept unless the operator says otherwise. */
export const RUNS_DIRECTORY = '.chaos/runs'

/** The files of a run. */
export class RunDirectory {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  get name(): string {
    return basename(this.path)
  }

  file(...names: string[]): string {
    return join(this.path, ...names)
  }

  get run(): string {
    return this.file('run.json')
  }

  get history(): string {
    return this.file('history.jsonl')
  }

  get plan(): string {
    return this.file('plan.json')
  }

  get verdict(): string {
    return this.file('verdict.json')
  }

  get report(): string {
    return this.file('report.html')
  }

  get logs(): string {
    return this.file('logs')
  }

  get events(): string {
    return this.file('events')
  }

  /** The nodes' own disks while the run lasts: made once it is certain that somebody removes them. */
  get disks(): string {
    return this.file('disks')
  }

  /** Writes a file whole or not at all. */
  write(file: string, content: string): void {
    writeWhole(file, content)
  }
}

/** Writes a file under another name and moves it into place, so that no reader ever sees half of it. */
export function writeWhole(file: string, content: string): void {
  const {target, replaceable} = destinationOf(file)
  const fresh = `${target}.${process.pid}.tmp`
  try {
    if (replaceable) {
      writeFileSync(fresh, content)
      renameSync(fresh, target)
    } else writeFileSync(target, content)
  } catch (error) {
    rmSync(fresh, {force: true})
    throw diskError('write', file, error)
  }
}

/**
 * Where what is written under this name goes: behind links, so that they stay; and whether a whole file may take its place. A
 * device or a pipe (`/dev/stdout`) is written to as it is: a file in its place would be the end of it.
 */
export function destinationOf(file: string): {readonly target: string; readonly replaceable: boolean} {
  try {
    const target = realpathSync(file)
    return {target, replaceable: statSync(target).isFile()}
  } catch {
    // `/dev/stdout` leads to a pipe, which has no path of its own.
    return existsSync(file) ? {target: file, replaceable: statSync(file).isFile()} : {target: file, replaceable: true}
  }
}

/** What a failed disk operation means to the user. */
export function diskError(verb: string, path: string, error: unknown): EnvironmentError {
  const code = (error as NodeJS.ErrnoException).code
  const why = diskWords(code) ?? messageOf(error)
  const hints =
    verb === 'read' ? [] : [verb === 'write' ? 'Choose another place.' : 'Choose another place with -o DIR.']
  return new EnvironmentError(`Cannot ${verb} ${path}: ${why}.`, hints, error)
}

/** `20261120-201504`: the time as directory names have it, UTC. */
export function stamp(date: Date): string {
  const digits = date.toISOString().replaceAll(/[-:]/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}`
}

/** A name that somebody chose, as part of the name of a directory: without what leads elsewhere, and not too long for any. */
export function asFileName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_').slice(0, 60)
}

/** Makes a directory and those above it. Node's own `recursive` never returns where the file system refuses (`/proc`). */
export function makeDirectories(path: string): void {
  if (existsSync(path)) return
  makeDirectories(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another run that starts here at the same time may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}

/** Makes the directory of a new run. A name already taken (two runs within a second) gets a number. */
export function createRunDirectory(parent: string, name: string): RunDirectory {
  try {
    makeDirectories(resolve(parent))
    for (let attempt = 1; ; attempt++) {
      const path = resolve(parent, attempt === 1 ? name : `${name}-${attempt}`)
      try {
        mkdirSync(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
        throw error
      }
      const directory = new RunDirectory(path)
      for (const folder of [directory.logs, directory.events]) mkdirSync(folder)
      return directory
    }
  } catch (error) {
    throw diskError('create the run directory in', resolve(parent), error)
  }
}

/** Points `latest` (or `latest-failure`) at a run. Two runs that end together may both try; either may win. */
export function pointTo(directory: RunDirectory, link: 'latest' | 'latest-failure'): void {
  const path = join(dirname(directory.path), link)
  const fresh = `${path}.${process.pid}`
  try {
    symlinkSync(relative(dirname(path), directory.path), fresh)
    renameSync(fresh, path)
  } catch {
    // A file system without symbolic links loses a convenience, not a run.
    try {
      unlinkSync(fresh)
    } catch {}
  }
}

/**
 * The text of a file of ours. Throws UsageError where it is not there, EnvironmentError where the machine will not let us
 * read it.
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`There is no ${file}.`)
    if (code === 'EISDIR' || code === 'ENOTDIR') throw new UsageError(`${file} is not a file.`)
    throw diskError('read', file, error)
  }
}

/** Reads and parses a JSON file of ours. Throws as `readText` does, and UsageError, naming the file, where it is not JSON. */
export function readJson(file: string): unknown {
  const text = readText(file)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file} is damaged: it is not JSON: ${messageOf(error)}`)
  }
}
