/**
 * Runs a program that would not notice its parent's death (`guard.js program args…`) and ends it when stdin closes.
 * Started by `launch.ts` for the real Toxiproxy server. Says in one JSON line that the program runs.
 */
import {spawn} from 'node:child_process'

const [program = '', ...args] = process.argv.slice(2)
// Whatever it prints is its log; our stdout is for the one line below.
const child = spawn(program, args, {stdio: ['ignore', 2, 2]})
const end = () => child.kill('SIGKILL')

child.once('spawn', () => process.stdout.write(`${JSON.stringify({pid: child.pid})}\n`))
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(4)
})
child.once('exit', (code) => process.exit(code ?? 1))
process.stdin.on('end', end).on('error', end).resume()
process.on('SIGTERM', end)
