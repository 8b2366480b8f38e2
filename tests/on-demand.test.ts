/**
 * What a command needs to show its help is little: its flags and their words. Whatever does its work is imported when it has
 * been asked to work. (Else `chaos check --help` loads every target, and takes twice as long as it should.)
 */
import {readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {expect, test} from 'vitest'
import {ROOT, sources} from './sources.ts'

const STATIC = /^(?:import|export) (?!type )[^'()]*? from '(\.[^']+)'|^import '(\.[^']+)'/gms

/** The files that come with a file as soon as it is imported. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  const text = readFileSync(join(ROOT, path), 'utf8')
  for (const [, from, bare] of text.matchAll(STATIC)) {
    loadedWith(normalize(join(dirname(path), (from ?? bare) as string)), seen)
  }
  return seen
}

const commands = sources()
  .filter(({path, lines}) => path.startsWith('cli/commands/') && lines.some((line) => / extends Command\b/.test(line)))
  .map(({path}) => path)

/** The names and forms of settings: flags are made of them. */
const LIGHT = ['runner/settings/run-settings.ts', 'runner/store.ts']

test('there are commands', () => expect(commands.length).toBeGreaterThan(15))

test('what is heavy is seen', () => {
  expect(loadedWith('cli/settings/places.ts').size).toBeGreaterThan(50)
})

test.each(commands)('%s loads what does its work when it works', (path) => {
  const heavy = [...loadedWith(path)].filter((file) => !/^(cli|core)\//.test(file) && !LIGHT.includes(file))
  expect(heavy).toEqual([])
})
