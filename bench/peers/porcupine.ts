/**
 * Porcupine (Athalye) as a peer: built from its module with the Go toolchain, given our histories, timed by itself.
 *
 * Each history is checked in a process of its own with a limit on time and on memory, since both run out.
 */
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {history} from '../../core/history.ts'
import type {Op, Operation} from '../../core/op.ts'

/** What it made of a history. */
export interface PeerResult {
  readonly verdict: 'Ok' | 'Illegal' | 'Unknown' | 'out of memory'
  readonly tookMs: number
}

export interface Peer {
  /** The directory of its own logs, as its module ships them. */
  readonly corpus: string
  check(ops: readonly Op[], model: 'register' | 'kv'): PeerResult
  close(): void
}

/** The peer, or why there is none. */
export function porcupine(limitMs: number, memoryKb: number): Peer | string {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-porcupine-'))
  const program = join(directory, 'porcupine')
  let module = ''
  try {
    const cwd = fileURLToPath(new URL('./porcupine', import.meta.url))
    execFileSync('go', ['build', '-o', program, '.'], {cwd, stdio: 'pipe'})
    const list = ['list', '-m', '-f', '{{.Dir}}', 'github.com/anishathalye/porcupine']
    module = execFileSync('go', list, {cwd, encoding: 'utf8'}).trim()
  } catch (error) {
    rmSync(directory, {recursive: true, force: true})
    return `Porcupine could not be built: ${(error as Error).message.split('\n')[0]}`
  }
  return {
    corpus: join(module, 'test_data'),
    check(ops, model) {
      const file = join(directory, 'history.txt')
      writeFileSync(file, linesOf(ops, model))
      const command = `ulimit -v ${memoryKb}; exec "$0" "$@"`
      const ran = spawnSync('sh', ['-c', command, program, String(limitMs), file], {encoding: 'utf8'})
      if (ran.status !== 0) return {verdict: 'out of memory', tookMs: Number.NaN}
      const [, verdict, tookMs] = ran.stdout.trim().split('\t')
      return {verdict: verdict as PeerResult['verdict'], tookMs: Number(tookMs)}
    },
    close: () => rmSync(directory, {recursive: true, force: true}),
  }
}

const NONE = -1

function linesOf(ops: readonly Op[], model: 'register' | 'kv'): string {
  const numbers = new Map<unknown, number>([[null, NONE]])
  const number = (value: unknown) => {
    if (typeof value === 'number') return value
    return numbers.get(value ?? null) ?? numbers.set(value, -2 - numbers.size).get(value)!
  }
  const lines: string[] = [model]
  for (const operation of history(ops).operations) {
    if (operation.outcome === 'fail') continue
    const [kind, first, second] = model === 'kv' ? kvFields(operation) : registerFields(operation, number)
    const returns = operation.outcome === 'ok' ? operation.completion!.index : -1
    const fields = [operation.process, kind, operation.key ?? '', first, second, operation.invoke.index, returns]
    lines.push(fields.join('\t'))
  }
  return `${lines.join('\n')}\n`
}

type Fields = readonly [kind: string, first: string | number, second: string | number]

function registerFields({f, input, output}: Operation, number: (value: unknown) => number): Fields {
  if (f === 'read') return ['r', number(output), 0]
  if (f === 'write') return ['w', number(input), 0]
  const [from, to] = input as [unknown, unknown]
  return ['c', number(from), number(to)]
}

function kvFields({f, input, output}: Operation): Fields {
  return [f.charAt(0), String((f === 'get' ? output : input) ?? ''), '']
}
