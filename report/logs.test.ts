import {expect, test} from 'vitest'
import {capLog, omittedLines} from './logs.ts'

const log = (count: number) => ({
  node: 'n1',
  lines: Array.from({length: count}, (_, i) => ({timeNs: i * 1e9, text: `line ${String(i).padStart(6, '0')}`})),
})

test('a short log is whole', () => {
  const capped = capLog(log(10), [], 1000)
  expect(capped.lines).toHaveLength(10)
  expect(omittedLines(capped)).toBe(0)
})

test('a long one keeps head, tail and evidence, and counts what it leaves out', () => {
  const capped = capLog(log(10_000), [{fromNs: 5000e9, toNs: 5004e9}], 4000)
  const texts = capped.lines.map(([, text]) => text)
  expect(texts[0]).toBe('line 000000')
  expect(texts.at(-1)).toBe('line 009999')
  for (let i = 5000; i <= 5004; i++) expect(texts).toContain(`line 00${i}`)
  const kept = capped.lines.filter((line) => line[2] === undefined).length
  expect(kept + omittedLines(capped)).toBe(10_000)
  expect(capped.lines.filter((line) => line[2] !== undefined)).toHaveLength(2)
  expect(texts.join('').length).toBeLessThan(4000)
})

test('evidence never crowds out head and tail', () => {
  const capped = capLog(log(10_000), [{fromNs: 0, toNs: 10_000e9}], 4000)
  expect(capped.lines.at(-1)?.[1]).toBe('line 009999')
})

test('an endless line is cut', () => {
  const capped = capLog({node: 'n1', lines: [{text: 'x'.repeat(1e6)}]}, [], 1e7)
  expect(capped.lines[0]?.[1].length).toBeLessThan(2100)
})
