/**
 * Public histories with known verdicts through the real command line: all at once without a word about how to judge, and each
 * collection with the model that it is for. They are read from outside (CHAOS_CORPORA), never copied in.
 */
import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {Workplace} from './cli.ts'

const ROOT = process.env['CHAOS_CORPORA'] ?? ''
const FOLDERS = ['porcupine/test_data', 'knossos/data', 'elle-cli/histories', 'elle/histories']
const THERE = ROOT !== '' && FOLDERS.every((folder) => existsSync(join(ROOT, folder)))
const WHY = ROOT === '' ? 'CHAOS_CORPORA is not set' : `${ROOT} does not hold all of ${FOLDERS.join(', ')}`

const place = new Workplace()
afterAll(() => place.dispose())

function filesIn(folder: string): string[] {
  const path = join(ROOT, folder)
  return readdirSync(path, {recursive: true, encoding: 'utf8'})
    .filter((name) => /\.(edn|json|log|txt)$/.test(name) && statSync(join(path, name)).isFile())
    .map((name) => join(folder, name))
    .sort()
}

type Mark = '✔' | '✘' | '?' | '!'

/** Porcupine's tests say of these etcd logs that they are linearizable. */
const ETCD_VALID = new Set([2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 98, 100, 101, 102])

/** What folder, name or elle-cli's own test script state; and where we say something else, why. */
const STATED: Readonly<Record<string, readonly [Mark, string?]>> = {
  'porcupine/test_data/jepsen/etcd_095.log': ['?', 'it is empty: nothing was tested'],
  'porcupine/test_data/jepsen/etcd_100.log': ['?', 'it is empty: nothing was tested'],
  'porcupine/test_data/jepsen/etcd_101.log': ['?', 'it is empty: nothing was tested'],
  'porcupine/test_data/jepsen/etcd_102.log': ['?', 'it is empty: nothing was tested'],
  'knossos/data/cas-register/good/mongodb-v0-ack-rollback-.edn': ['?', 'it is empty: nothing was tested'],
  'knossos/data/cas-register/good/mongodb-v0-ack-rollback-9.edn': ['?', 'no operation succeeded: nothing was tested'],
  'knossos/data/cas-register/good/mongodb-v0-ack-rollback-10.edn': ['?', 'no operation succeeded: nothing was tested'],
  'knossos/data/cas-register/good/mongodb-v0-ack-rollback-11.edn': ['?', 'no operation succeeded: nothing was tested'],
  'knossos/data/multi-register/good/multi-register.edn': ['✘', 'its registers began as 0, which has to be said'],
  'elle-cli/histories/custom/comments.edn': ['!', 'operations overlap, and none names its process'],
  'elle-cli/histories/elle/rw-register.edn': ['✘', 'it reads a value that nobody wrote, which Elle does not report'],
  'elle-cli/histories/elle/rw-register.json': ['✘', 'it reads a value that nobody wrote, which Elle does not report'],
  'elle-cli/histories/elle/list-append-gh-30.edn': ['✘'],
  'elle-cli/histories/elle/paper-example.edn': ['✘'],
  'elle-cli/histories/elle/paper-example.json': ['✘'],
  'elle-cli/histories/jepsen/counter.edn': ['?', 'its counter was never read, which elle-cli counts as valid'],
  'elle-cli/histories/jepsen/counter.json': ['?', 'its counter was never read, which elle-cli counts as valid'],
  'elle-cli/histories/jepsen/set_full.edn': ['✘'],
  'elle-cli/histories/jepsen/set_full.json': ['✘'],
  'elle-cli/histories/jepsen/set.edn': ['✔'],
  'elle-cli/histories/jepsen/bank.edn': ['✔'],
  'elle-cli/histories/jepsen/bank.json': ['✔'],
  'elle-cli/histories/jepsen/bank-tidb.edn': ['✘'],
  'elle-cli/histories/jepsen/bank-neg.edn': ['✔'],
  'elle-cli/histories/jepsen/bank-negative-balances.json': ['✘'],
  'elle-cli/histories/jepsen/long-fork.edn': ['✘'],
  'elle/histories/paper-example.edn': ['✘'],
  'elle/histories/si-without-g-single.edn': ['✘'],
  'elle/histories/huge-scc.edn': ['✘'],
}

function statedOf(file: string): Mark {
  const stated = STATED[file]
  if (stated !== undefined) return stated[0]
  const etcd = /etcd_(\d+)\.log$/.exec(file)
  if (etcd !== null) return ETCD_VALID.has(Number(etcd[1])) ? '✔' : '✘'
  if (/\/good\/|-ok\.txt$/.test(file)) return '✔'
  if (/\/bad\/|-bad\.txt$/.test(file)) return '✘'
  throw new Error(`nobody states what ${file} is`)
}

/** Each file with its mark, and the exit code. */
async function check(files: readonly string[], ...flags: string[]) {
  const {stdout, exitCode} = await place.chaos('check', ...files.map((file) => join(ROOT, file)), ...flags)
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(files.length)
  return {marks: lines.map((line, i) => [files[i], line.split(' ', 1)[0]]), exitCode}
}

describe('public histories', () => {
  if (!THERE) {
    test(`skipped: ${WHY}`, (context) => context.skip(WHY))
    return
  }
  const files = FOLDERS.flatMap(filesIn)

  test('all at once, judged by guess: a line each, one exit code', {timeout: 300_000}, async () => {
    const {marks, exitCode} = await check(files)
    expect(marks).toEqual(files.map((file) => [file, statedOf(file)]))
    expect(exitCode).toBe(1)
    expect(files.length).toBeGreaterThan(250)
  })

  test.each([
    ['porcupine/test_data/jepsen', '--model', 'cas-register'],
    ['porcupine/test_data/kv', '--model', 'kv'],
    ['knossos/data/cas-register', '--model', 'cas-register'],
  ])('%s with %s %s', {timeout: 300_000}, async (folder, ...flags) => {
    const found = filesIn(folder)
    expect((await check(found, ...flags)).marks).toEqual(found.map((file) => [file, statedOf(file)]))
  })

  test.each<[Mark, string, ...string[]]>([
    ['✔', 'knossos/data/multi-register/good/multi-register.edn', '--option', 'initial={:x 0, :y 0}'],
    ['✘', 'elle-cli/histories/elle/list-append-gh-30.edn', '--consistency-models', 'serializable'],
    ['✘', 'elle-cli/histories/elle/paper-example.json', '--checker', 'list-append'],
    ['✔', 'elle-cli/histories/jepsen/bank-neg.edn', '--checker', 'bank', '--option', 'allow-negative'],
    ['✔', 'elle-cli/histories/jepsen/bank-negative-balances.json', '--checker', 'bank', '--option', 'allow-negative'],
    ['✘', 'elle-cli/histories/jepsen/bank-tidb.edn', '--checker', 'bank', '--option', 'total=100'],
    ['✔', 'elle-cli/histories/jepsen/set.edn', '--checker', 'set-full'],
    ['✘', 'elle-cli/histories/jepsen/long-fork.edn', '--checker', 'long-fork'],
    ['✘', 'elle-cli/histories/knossos/mutex/bad/etcd.json', '--model', 'mutex'],
  ])('%s %s %s %s', async (mark, file, ...flags) => {
    // Of one history the whole story is told: twice the same makes it a line.
    const {marks} = await check([file, file], ...flags)
    expect(marks.map(([, found]) => found)).toEqual([mark, mark])
  })
})
