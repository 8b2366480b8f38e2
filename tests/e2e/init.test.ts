/** `chaos init` in an empty directory, then what it says to try, with nothing installed there. */
import {writeFileSync} from 'node:fs'
import {afterAll, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const place = new Workplace()
afterAll(() => place.dispose())

test('init writes a project that runs as it stands', async () => {
  const written = await place.chaos('init')
  expect(written.exitCode, written.stderr).toBe(0)
  const line = /Try it: (?:npx )?chaos (.*)$/m.exec(written.stdout)?.[1] as string
  const faults = ['--time', '5s', '--interval', '2s', '--nemesis', 'partition,kill']
  const {exitCode, stdout, stderr} = await place.chaos(...line.split(' '), ...faults)
  // On a busy machine a fault may overlap no operation.
  expect([0, 3], `${stdout}${stderr}`).toContain(exitCode)
  expect(stdout).toMatch(/✔ linearizable/)
  const again = await place.chaos('init')
  expect(again.exitCode).toBe(2)
  expect(again.stderr).toContain('Already here: chaos.config.ts')
})

test.each(['mjs', 'js', 'ts'])('a configuration in .%s imports this package without a copy of it', async (ending) => {
  writeFileSync(place.file('package.json'), '{"type": "module"}')
  const file = `own.${ending}`
  writeFileSync(
    place.file(file),
    `import {defineConfig, NotDone} from 'chaos/config'
    let asked = 0
    const answer = async () => { if (asked++ < 9) throw new NotDone('not yet') }
    export default defineConfig({targets: {no: {command: 'node -e "net.createServer().listen({port})"', nodes: 1,
      claims: {register: 'linearizable'}, functions: ['read', 'write'],
      client: () => ({operations: {read: answer, write: answer}, close: async () => {}})}}})`,
  )
  const args = ['run', 'no', '--config', file, '--time', '1s', '--nemesis', 'none', '-o', `runs-${ending}`]
  const {stdout, stderr} = await place.chaos(...args)
  const outcomes = place.read(`runs-${ending}/latest/history.jsonl`)
  expect(outcomes, stdout + stderr).toContain('"type":"fail"')
  // A NotDone of another copy of the package would be an error that says nothing.
  expect(outcomes).not.toContain('"type":"info","process":0')
})
