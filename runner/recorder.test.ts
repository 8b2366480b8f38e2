import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {parseHistory} from '../core/format/index.ts'
import {Recorder} from './recorder.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-recorder-'))
})
afterEach(() => rmSync(directory, {recursive: true}))

const fail = (error: Error) => {
  throw error
}

test('ops are numbered, counted and written as they happen', async () => {
  const file = join(directory, 'history.jsonl')
  const recorder = new Recorder(file, {target: 'raft'}, fail)
  recorder.record({timeNs: 1, type: 'invoke', process: 0, f: 'write', key: 'x0', value: 7})
  recorder.record({timeNs: 2, type: 'info', process: 'nemesis:kill', f: 'start-kill', value: {fault: 'kill'}})
  recorder.record({timeNs: 3, type: 'ok', process: 0, f: 'write', key: 'x0', value: 7})
  expect(recorder.counts).toEqual({operations: 1, ok: 1, fail: 0, info: 0})
  // One turn of the event loop later everything is in the file, though nobody closed it.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  const {ops, meta} = parseHistory(readFileSync(file), {file})
  expect(ops).toEqual(recorder.ops)
  expect(meta).toMatchObject({target: 'raft'})
  recorder.close()
})

test('a history that exists is not overwritten', () => {
  const file = join(directory, 'history.jsonl')
  new Recorder(file, {}, fail).close()
  expect(() => new Recorder(file, {}, fail)).toThrow(/Cannot create .*history\.jsonl/)
})

test('a directory that is not there is an error in words', () => {
  expect(() => new Recorder(join(directory, 'nowhere', 'history.jsonl'), {}, fail)).toThrow(/Cannot create/)
})
