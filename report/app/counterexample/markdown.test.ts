import {expect, test} from 'vitest'
import type {Payload} from '../../payload.ts'
import {failRun} from '../../runs.fixture.ts'
import type {Case} from '../data/cases.ts'
import {tableOf} from '../data/table.fixture.ts'
import {caseMarkdown} from './markdown.ts'

const input = failRun({operations: 500, seconds: 30})
const [verdict] = input.judgement.verdicts
const [anomaly] = verdict!.anomalies
const each = {verdict, anomaly, counterexample: anomaly!.counterexample, indices: anomaly!.witness} as unknown as Case
const payload = {run: input.run, faults: [], nodes: [], leaderships: [], marks: []} as unknown as Payload

test('what happened, why, and how to bring it back', async () => {
  const text = caseMarkdown(await tableOf(input.ops), payload, each)
  expect(text).toMatch(/^### Stale read\. Process 204 read x3 = 3/)
  expect(text).toMatch(/- #\d+ p202 at n3: `write x3 3`, 12\.288 s to 12\.310 s, ok/)
  expect(text).toMatch(/`read x3 → 3`.* ✘ no order explains this/)
  expect(text).toContain('**Why**\n\n- Any order must put')
  expect(text).toMatch(/\*\*Reproduce\*\*\n\n```sh\nchaos replay .*\n```$/)
})

test('what the record says cannot become markup', async () => {
  const sentence = 'a <img src=x> *bold* [link](x)\n# title `code`'
  const hostile = {...each, anomaly: {...anomaly, sentence, why: []}} as unknown as Case
  const [heading] = caseMarkdown(await tableOf(input.ops), payload, hostile).split('\n\n')
  expect(heading).toBe('### a \\<img src=x\\> \\*bold\\* \\[link\\](x) # title \\`code\\`')
})
