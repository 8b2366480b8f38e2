/**
 * Public histories with known verdicts: Porcupine's etcd and key-value logs, Knossos' data. They are read from outside
 * (CHAOS_CORPORA names a directory with `porcupine/test_data` and `knossos/data`), never copied in.
 */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {linearizable, MODELS, type Model, type ModelName} from '../checkers/linearizable/index.ts'
import {parseHistory} from '../core/format/index.ts'
import {history} from '../core/history.ts'

const ROOT = process.env['CHAOS_CORPORA'] ?? ''
const WHY = ROOT === '' ? 'CHAOS_CORPORA is not set' : `${ROOT} has no such folder`

/** Porcupine's tests say of these logs, by number, that they are linearizable; of the others that they are not. */
const ETCD_VALID = new Set([2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 98, 100, 101, 102])

function filesIn(folder: string): string[] {
  const path = join(ROOT, folder)
  if (ROOT === '' || !existsSync(path)) return []
  return readdirSync(path)
    .filter((file) => statSync(join(path, file)).size > 0)
    .map((file) => join(path, file))
}

function corpus(
  name: string,
  folder: string,
  model: ModelName | Model,
  expected: (file: string) => 'valid' | 'invalid',
) {
  const files = filesIn(folder).filter((file) => /\.(log|txt|edn)$/.test(file))
  describe(name, () => {
    if (files.length === 0) test(`skipped: ${WHY} (${folder})`, (context) => context.skip(WHY))
    test.each(files)('%s', async (file) => {
      const {ops} = parseHistory(readFileSync(file), {file})
      const verdict = await linearizable({model}).check(history(ops))
      // A log in which nothing succeeded has nothing wrong, and proves nothing.
      const tested = ops.some(({type, process}) => type === 'ok' && typeof process === 'number')
      expect(verdict.validity).toBe(tested ? expected(file) : 'unknown')
      if (verdict.validity === 'invalid') expect(verdict.anomalies.length).toBeGreaterThan(0)
    })
  })
}

corpus("Porcupine's etcd logs", 'porcupine/test_data/jepsen', 'cas-register', (file) =>
  ETCD_VALID.has(Number(/\d+/.exec(file.slice(file.lastIndexOf('/')))![0])) ? 'valid' : 'invalid',
)
corpus("Porcupine's key-value logs", 'porcupine/test_data/kv', 'kv', (file) =>
  file.includes('ok') ? 'valid' : 'invalid',
)
corpus("Knossos' good registers", 'knossos/data/cas-register/good', 'cas-register', () => 'valid')
corpus("Knossos' bad registers", 'knossos/data/cas-register/bad', 'cas-register', () => 'invalid')
corpus("Knossos' bad mutexes", 'knossos/data/mutex/bad', 'mutex', () => 'invalid')
// Its registers begin as 0.
const fromZero = {...MODELS['multi-register'], init: {x: 0, y: 0}}
corpus("Knossos' good multi-registers", 'knossos/data/multi-register/good', fromZero, () => 'valid')
