import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {npxWords} from './program.ts'

const root = mkdtempSync(join(tmpdir(), 'chaos-program-'))
afterAll(() => rmSync(root, {recursive: true}))

/** What npx leaves in the folder that it keeps for what it was given. */
function kept(name: string, spec: string): string {
  const folder = join(root, 'cache', '_npx', '45591b0d')
  mkdirSync(folder, {recursive: true})
  writeFileSync(join(folder, 'package.json'), JSON.stringify({dependencies: {[name]: spec}}))
  return folder
}

test.each([
  ['chaos', '^0.1.0', 'npx chaos'],
  ['chaos', '0.1.0-beta.2', 'npx chaos'],
  ['chaos', 'latest', 'npx chaos'],
  ['@acme/chaos', '^0.1.0', 'npx -p @acme/chaos chaos'],
  ['chaos', 'file:../../../chaos-0.1.0.tgz', 'npx ../chaos-0.1.0.tgz'],
  ['chaos', 'file:../../../here/chaos-0.1.0.tgz', 'npx ./chaos-0.1.0.tgz'],
  ['chaos', 'file:../../../my files/chaos.tgz', "npx '../my files/chaos.tgz'"],
  ['@acme/chaos', 'file:../../../chaos.tgz', 'npx -p ../chaos.tgz chaos'],
  ['chaos', 'github:acme/chaos', 'npx github:acme/chaos'],
  ['chaos', 'https://example.com/chaos.tgz', 'npx https://example.com/chaos.tgz'],
])('%s, which npx was given as %s, is called by %s', (name, spec, words) => {
  expect(npxWords(kept(name, spec), name, join(root, 'here'))).toBe(words)
})
