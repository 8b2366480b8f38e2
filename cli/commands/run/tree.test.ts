import {spawnSync} from 'node:child_process'
import {appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {watchTree} from './tree.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chaos-tree-'))
})
afterEach(() => rmSync(root, {recursive: true}))

/** The files that were told until `last` was. */
async function changesUntil(last: string, act: () => void): Promise<string[]> {
  const told: string[] = []
  let stop = () => {}
  await new Promise<void>((resolve) => {
    stop = watchTree(root, (path) => {
      told.push(path)
      if (path === last) resolve()
    })
    act()
  })
  stop()
  return [...new Set(told)]
}

test('sources are watched; what programs write, dependencies and records of runs are not', async () => {
  mkdirSync(join(root, 'src'))
  mkdirSync(join(root, 'node_modules'))
  const told = await changesUntil('src/last.ts', () => {
    for (const name of ['run.log', 'w.err', 'node.pid', 'edited.ts~', '.swap.swp', 'node_modules/x.js']) {
      appendFileSync(join(root, name), 'x')
    }
    writeFileSync(join(root, 'src/target.py'), 'x')
    writeFileSync(join(root, 'src/last.ts'), 'x')
  })
  expect(told).toEqual(['src/target.py', 'src/last.ts'])
})

test('its own output is no change, whatever the file is called', () => {
  // A process of its own, whose standard output is a file of the directory that it watches.
  const program = `
    const {watchTree} = await import(${JSON.stringify(new URL('./tree.ts', import.meta.url).href)})
    const {writeFileSync} = await import('node:fs')
    const close = watchTree(${JSON.stringify(root)}, (path) => {
      process.stderr.write(path + ' ')
      if (path === 'last.ts') close()
    })
    console.log('this goes to output.txt')
    writeFileSync(${JSON.stringify(join(root, 'last.ts'))}, 'x')
  `
  const output = openSync(join(root, 'output.txt'), 'a')
  const args = ['--import', 'tsx', '--input-type=module', '-e', program]
  const {stderr} = spawnSync(process.execPath, args, {stdio: ['ignore', output, 'pipe'], encoding: 'utf8'})
  closeSync(output)
  expect(readFileSync(join(root, 'output.txt'), 'utf8')).toContain('this goes')
  expect(new Set(stderr.trim().split(' '))).toEqual(new Set(['last.ts']))
})
