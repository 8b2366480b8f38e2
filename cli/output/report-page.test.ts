/** Pages of lone histories: what checkers find must arrive on the page, for every anomaly of transactions there is. */
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {MODELS} from '../../checkers/elle/models.ts'
import {concurrent, serial, timed} from '../../checkers/elle/notation.fixture.ts'
import {jsonOf} from '../../core/format/index.ts'
import {type History, history as historyOf} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import {consistencyOf} from '../../core/verdict-detail.ts'
import {latticeOf} from '../../report/app/transactions/lattice.ts'
import type {Payload, Story} from '../../report/payload.ts'
import {createBudget} from '../../runner/judging/budget.ts'
import {judgeLoaded} from '../../runner/judging/judge-loaded.ts'
import type {Loaded} from '../../runner/judging/load.ts'
import {wordsOf} from '../settings/judging-settings.ts'
import {programWords} from './program.ts'
import {renderLoaded, reportFile, writePage} from './report-page.ts'

/** The data are looked at, not the page. */
const app = {script: '', style: ''}
const directory = mkdtempSync(join(tmpdir(), 'chaos-page-'))
const file = join(directory, "it's a history.jsonl")
afterAll(() => rmSync(directory, {recursive: true, force: true}))

/** The page's data, of a history judged by this checker. */
async function payloadOf(history: History, checker: string): Promise<Payload> {
  writeFileSync(file, history.ops.map((op) => `${JSON.stringify(op)}\n`).join(''))
  const loaded: Loaded = {name: file, history, format: 'jsonl', lifted: false}
  const judging = {checker, thresholds: []}
  const judged = await judgeLoaded(loaded, judging, createBudget(10_000, 1e9))
  return dataOf(renderLoaded(loaded, judged, wordsOf(judging), {app}))
}

function dataOf(html: string): Payload {
  return JSON.parse(/id="chaos-meta">([\s\S]*?)<\/script>/.exec(html)![1]!) as Payload
}

/** The story of the first anomaly of this type. */
function storyOf({judgement, stories}: Payload, type: string): Story {
  const [verdict] = judgement.verdicts as [Verdict]
  const at = verdict.anomalies.findIndex((anomaly) => anomaly.type === type)
  expect(at, `no ${type} among ${verdict.anomalies.map((each) => each.type).join(', ')}`).toBeGreaterThanOrEqual(0)
  expect(stories).toHaveProperty([`0.${at}`])
  return stories[`0.${at}`]!
}

/** `T1 append x 1 → T2 r x [1]`: an arrow between two micro-operations. */
function arrowsOf({cards, arrows}: Story): string[] {
  const end = (card: number, line: number) => `${cards[card]!.name} ${cards[card]!.lines[line]?.text ?? 'as a whole'}`
  return arrows.map(({from, to, type, fromLine, toLine}) => `${end(from, fromLine)} ${type} ${end(to, toLine)}`)
}

/** What is marked wrong, with what is said of it. */
function wrongIn({cards}: Story): string[] {
  return cards.flatMap(({name, lines}) =>
    lines.filter(({mark}) => mark === 'wrong').map(({text, note}) => [name, text, note].filter(Boolean).join(' ')),
  )
}

describe('cycles', () => {
  test.each([
    ['list-append', 'G0', concurrent('ax1ay1', 'ax2ay2', 'rx12ry21')],
    ['list-append', 'G1c', concurrent('ax1ry1', 'ax2ay1', 'rx12ry1')],
    ['list-append', 'G-single-item', concurrent('ax1ay1', 'rx1ry')],
    ['list-append', 'G-nonadjacent-item', concurrent('ax1', 'rx1ry', 'ay1', 'ry1rx')],
    ['list-append', 'G2-item', concurrent('rxay1', 'ryax1')],
    ['list-append', 'G1c-process', timed([1, 0, 5, 'rx1ay1'], [2, 0, 1, 'ry1'], [2, 2, 3, 'ax1'])],
    ['list-append', 'G0-realtime', serial('ax2', 'ax1', 'rx12')],
    ['rw-register', 'G1c', concurrent('wx1ry1', 'wy1rx1')],
    ['rw-register', 'G-single-item', concurrent('wx1wy1', 'rx=1wx2', 'rx=2ry_')],
  ])('%s: %s is a ring whose arrows join micro-operations', async (checker, type, history) => {
    const story = storyOf(await payloadOf(history, checker), type)
    expect(story.shape).toBe('ring')
    expect(story.arrows.map(({from, to}) => [from, to])).toEqual(
      story.cards.map((_, at) => [at, (at + 1) % story.cards.length]),
    )
    for (const {type: edge, fromLine, toLine, because} of story.arrows) {
      expect(because).not.toBe('')
      const isOrder = edge === 'process' || edge === 'realtime'
      expect([edge, fromLine >= 0, toLine >= 0]).toEqual([edge, !isOrder, !isOrder])
    }
  })

  test('a read skew, arrow by arrow', async () => {
    const story = storyOf(await payloadOf(concurrent('ax1ay1', 'rx1ry'), 'list-append'), 'G-single-item')
    expect(arrowsOf(story)).toEqual(['T1 r y [] rw T2 append y 1', 'T2 append x 1 wr T1 r x [1]'])
  })
})

describe('what is no cycle', () => {
  test.each([
    ['list-append', 'G1a', concurrent('ax1!', 'rx1'), ['T1 append x 1 wr T2 r x [1]']],
    ['list-append', 'G1b', concurrent('ax1ax2', 'rx1', 'rx12'), ['T1 append x 1 wr T2 r x [1]']],
    ['list-append', 'dirty-update', concurrent('ax1!', 'ax2', 'rx12'), ['T1 append x 1 ww T2 append x 2']],
    ['rw-register', 'G1a', concurrent('wx1!', 'rx=1'), ['T1 w x 1 wr T2 r x 1']],
    ['rw-register', 'G1b', concurrent('wx1wx2', 'rx=1wz1'), ['T1 w x 1 wr T2 r x 1']],
    [
      'list-append',
      'lost-update',
      concurrent('ax1', 'rx1ax2', 'rx1ax3', 'rx123'),
      ['state of x [1] read T1 r x [1]', 'state of x [1] read T2 r x [1]'],
    ],
  ])('%s: %s leads from what was written to what was seen', async (checker, type, history, arrows) => {
    expect(arrowsOf(storyOf(await payloadOf(history, checker), type))).toEqual(arrows)
  })

  test.each([
    ['list-append', 'thin-air-read', concurrent('ax1', 'rx19'), ['T1 r x [1 9] nobody wrote 9']],
    ['list-append', 'internal', concurrent('ax1', 'rx1ax2rx1'), ['T1 r x [1] expected [1 2]']],
    ['list-append', 'future-read', concurrent('rx1ax1'), ['T1 r x [1] saw it already']],
    ['list-append', 'duplicate-elements', concurrent('ax1', 'ax2', 'rx121'), ['T1 r x [1 2 1] 1 is in it twice']],
    [
      'list-append',
      'incompatible-order',
      concurrent('ax1', 'ax2', 'ax3', 'rx12', 'rx213'),
      ['T1 r x [1 2]', 'T2 r x [2 1 3]'],
    ],
    ['rw-register', 'internal', concurrent('wx1', 'wx2rx=1'), ['T1 r x 1 expected 2']],
  ])('%s: %s marks what is wrong', async (checker, type, history, wrong) => {
    expect(wrongIn(storyOf(await payloadOf(history, checker), type))).toEqual(wrong)
  })

  test('reads that no order explains come with all that was read of the key', async () => {
    const payload = await payloadOf(concurrent('ax1', 'ax2', 'ax3', 'rx12', 'rx213', 'rx2', 'rx2'), 'list-append')
    const {reads} = storyOf(payload, 'incompatible-order')
    expect(reads?.rows.map(({length, count}) => [length, count])).toEqual([
      [1, 2],
      [2, 1],
      [3, 1],
    ])
    expect(reads?.rows.map(({cells}) => cells.filter(([, kind]) => kind === 1).length)).toEqual([0, 2, 0])
  })
})

test('every consistency model has a place in the picture, and what a verdict says of it', async () => {
  const {judgement, weaker} = await payloadOf(concurrent('ax1ay1', 'rx1ry'), 'list-append')
  const {nodes, links, unplaced} = latticeOf(consistencyOf(judgement.verdicts[0]!)!, weaker)
  expect(unplaced).toEqual([])
  expect(nodes.map(({model}) => model)).toEqual(MODELS)
  const places = new Set(nodes.map(({x, y}) => `${x} ${y}`))
  expect(places.size).toBe(nodes.length)
  const fates = Object.fromEntries(nodes.map(({model, fate}) => [model, fate]))
  expect(fates).toMatchObject({
    'repeatable-read': 'weakest-out',
    serializable: 'out',
    'read-committed': 'stands',
    'parallel-snapshot-isolation': 'strongest',
  })
  // What is stronger stands higher, so that no line has to be read twice.
  for (const {from, to} of links) expect(from.y).toBeLessThan(to.y)
})

test('registers do not carry the models of transactions', async () => {
  const ops = [
    {type: 'invoke', f: 'write', value: 1},
    {type: 'ok', f: 'write', value: 1},
    {type: 'invoke', f: 'read', value: null},
    {type: 'ok', f: 'read', value: null},
  ].map((op, index) => ({...op, index, timeNs: index * 1e6, process: 0}))
  const history = historyOf(ops as never)
  const payload = await payloadOf(history, 'linearizable')
  expect(payload.judgement.validity).toBe('invalid')
  expect([payload.stories, payload.weaker]).toEqual([{}, {}])
})

describe('a page written from a file', () => {
  const lines = concurrent('ax1ay1', 'rx1ry').ops.map((op) => `${jsonOf(op)}\n`)
  const judging = {judging: {thresholds: []}, timeoutMs: 10_000, memoryBytes: 1e9}

  test('says what was guessed, and how to check again', async () => {
    writeFileSync(file, lines.join(''))
    const page = await writePage(file, judging, join(directory, 'page.html'), {app})
    const {notes, run} = dataOf(readFileSync(page, 'utf8'))
    expect(notes.join(' ')).toContain('Taken for list-append')
    expect(run.recheck).toBe(`${programWords()} check '${file.replace("'", `'\\''`)}'`)
    expect(run.artefacts).toEqual([{name: "it's a history.jsonl", bytes: lines.join('').length}])
    expect(run.versions).toHaveProperty('chaos')
  })

  test('is judged as it was asked to be', async () => {
    writeFileSync(file, lines.join(''))
    const asked = {checker: 'list-append', consistencyModels: ['read-committed'], thresholds: []}
    const page = await writePage(file, {...judging, judging: asked, format: 'jsonl'}, join(directory, 'page.html'), {
      app,
    })
    const {judgement, run} = dataOf(readFileSync(page, 'utf8'))
    expect(judgement.validity).toBe('valid')
    expect(run.recheck).toMatch(/ --checker list-append --consistency-models read-committed --format jsonl$/)
  })

  test('goes where it is found again', () => {
    writeFileSync(file, lines.join(''))
    expect(reportFile(file)).toBe("it's a history.jsonl.html")
    expect(reportFile('-')).toBe('history.html')
    expect(() => reportFile('nowhere')).toThrow('No such history or run: nowhere')
  })
})
