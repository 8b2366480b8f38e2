import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {judge} from '../core/verdict.ts'
import {type ReportInput, renderReport} from './index.ts'
import {hostileRun} from './odd-runs.fixture.ts'
import {failRun, passRun, unknownRun} from './runs.fixture.ts'

const app = {script: 'console.log("</script>")', style: 'body{color:red}'}
const shape = {operations: 600, seconds: 30}
const render = (input: ReportInput, limits = {}) => renderReport(input, {app, ...limits})

/** What stands in an element of the page. */
function block(html: string, id: string): string {
  const match = new RegExp(`<script type="[^"]+" id="${id}">([\\s\\S]*?)</script>`).exec(html)
  return match?.[1] as string
}

const metaOf = (html: string) => JSON.parse(block(html, 'chaos-meta'))

describe('one self-contained page', () => {
  const html = render(failRun(shape))

  test('fetches nothing', () => {
    expect(html).not.toMatch(/(src|href)\s*=\s*["'](?!data:)/)
    expect(html).not.toMatch(/@import|url\(/)
  })

  test('allows its own script and style by hash, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] as string
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] as string
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] as string
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hash(script)}`)
    expect(policy).toContain(`style-src ${hash(style)}`)
    expect(policy).not.toContain('unsafe')
  })

  test('a closing tag inside the bundle does not end its element', () => {
    expect(html.match(/<\/script>/g)).toHaveLength(5)
  })

  test('is the same for the same run', () => expect(render(failRun(shape))).toBe(html))

  test('carries no path of this machine', () => expect(html).not.toContain(process.cwd()))
})

describe('without JavaScript', () => {
  const plain = (input: ReportInput) => /<div id="plain">([\s\S]*?)<div id="app">/.exec(render(input))?.[1] as string

  test('a failure says what was impossible, why, and how to bring it back', () => {
    const text = plain(failRun(shape))
    expect(text).toContain('<strong>FAIL</strong> Stale read. Process 204 read x3 = 3')
    expect(text).toContain('read x3 → 3')
    expect(text).toContain('no order explains this')
    expect(text).toContain('It can never be 3 again')
    expect(text).toContain('chaos replay 20261120-201733-raft-register-8f3a --times 20')
  })

  test('a pass and an unknown say so', () => {
    expect(plain(passRun(shape))).toContain('<strong>PASS</strong> No violation found')
    expect(plain(unknownRun(shape))).toContain('<strong>UNKNOWN</strong> The search on x1 ran out')
  })

  test('markup in values stays text', () => {
    const html = render(hostileRun())
    const outside = html.replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, '')
    expect(outside).not.toContain('<img')
    expect(outside).toContain('&lt;img src=x onerror=&quot;window.pwned=1&quot;&gt;')
    expect(block(html, 'chaos-meta')).not.toContain('<')
    expect(metaOf(html).run.id).toContain('</script><script>window.pwned=1')
  })
})

describe('size', () => {
  test('a page within the limits leaves nothing out', () => {
    expect(metaOf(render(failRun(shape))).notes).toEqual([])
  })

  test('over the soft limit, long values and logs are shortened, with a word about it', () => {
    const base = failRun(shape)
    const ops = base.ops.map((op) => (op.type === 'ok' ? {...op, value: `${op.index} `.repeat(300)} : op))
    const whole = Buffer.byteLength(render({...base, ops}))
    const html = render({...base, ops}, {softLimitBytes: whole - 1})
    expect(Buffer.byteLength(html)).toBeLessThan(whole)
    expect(metaOf(html).notes.join()).toContain('Values longer than 200 characters are shortened')
    expect(metaOf(html).totals.shown).toBe(metaOf(html).totals.operations)
  })

  test('over the hard limit operations are left out, but none of the evidence', () => {
    const input = failRun({operations: 20_000, seconds: 60})
    const hardLimitBytes = 60_000
    const html = render(input, {softLimitBytes: 1, hardLimitBytes})
    const meta = metaOf(html)
    expect(Buffer.byteLength(html)).toBeLessThan(hardLimitBytes * 1.5)
    expect(meta.totals.shown).toBeLessThan(meta.totals.operations / 2)
    expect(meta.notes.join()).toMatch(/This page shows .* of .* operations: all of the evidence/)
    expect(/<div id="plain">([\s\S]*?)<\/div>/.exec(html)?.[1]).toContain('read x3 → 3')
  })

  test('ten thousand anomalies are a list of fifty and a sentence', () => {
    const input = failRun(shape)
    const verdict = input.judgement.verdicts[0]!
    const anomalies = Array.from({length: 10_000}, () => verdict.anomalies[0]!)
    const html = render({...input, judgement: judge([{...verdict, anomalies}], '')})
    expect(metaOf(html).judgement.verdicts[0].anomalies).toHaveLength(50)
    expect(metaOf(html).notes).toEqual(['linearizable: the first 50 of 10\u202f000 anomalies are shown.'])
  })
})

describe('odd histories', () => {
  const empty: ReportInput = {
    run: {id: 'h.jsonl'},
    ops: [],
    judgement: judge([], ''),
    faults: [],
    events: [],
    logs: [],
  }

  test('nothing at all', () => {
    expect(metaOf(render(empty)).totals).toMatchObject({operations: 0, shown: 0, faults: 0})
    expect(render(empty)).toContain('Nothing was checked.')
  })

  test('without times, the order is drawn and the page says so', () => {
    const ops = passRun(shape).ops.map((op) => ({...op, timeNs: 0}))
    const meta = metaOf(render({...empty, ops}))
    expect(meta.endNs).toBe(ops.at(-1)!.index * 1e6)
    expect(meta.notes).toEqual(['This history carries no times; the order of its ops is drawn instead.'])
  })

  test('big integers anywhere', () => {
    const [invoke, ...rest] = passRun(shape).ops
    const ops = [{...invoke!, value: 2n ** 70n}, ...rest]
    const verdict = {...failRun(shape).judgement.verdicts[0]!, detail: {lost: [2n ** 70n]}}
    expect(metaOf(render({...empty, ops, judgement: judge([verdict], '')})).judgement.verdicts[0].detail).toEqual({
      lost: [String(2n ** 70n)],
    })
  })
})
