/** Ports of programs that are down for a while: other runs on the machine are to leave them alone. */
import {execFileSync} from 'node:child_process'
import {createServer} from 'node:net'
import {expect, test} from 'vitest'
import {isFree, quietPort, reserve} from './ports.ts'

/** What another process gets for this port. */
function elsewhere(port: number): string {
  const module = new URL('./ports.ts', import.meta.url)
  const script = `import {reserve} from ${JSON.stringify(module.href)}; console.log(await reserve({host: '127.0.0.1', port: ${port}}))`
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]).toString().trim()
}

test('a quiet port is kept from other runs for as long as this process lives, listened on or not', async () => {
  const port = await quietPort()
  expect(elsewhere(port)).toBe('false')
  expect(await isFree({host: '127.0.0.1', port})).toBe(true)
  const program = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => program.once('listening', resolve))
  await new Promise((resolve) => program.close(resolve))
  expect(elsewhere(port)).toBe('false')
  const given = await Promise.all(Array.from({length: 40}, () => quietPort()))
  expect(new Set([port, ...given]).size).toBe(41)
})

test('what a process had reserved is free once it has ended', async () => {
  const port = 25_999
  expect(elsewhere(port)).toBe('true')
  expect(elsewhere(port)).toBe('true')
})

test('an address that is not ours to reserve is not refused for that', async () => {
  expect(await reserve({host: '203.0.113.7', port: 20_001})).toBe(true)
})
