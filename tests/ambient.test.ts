/** Time, chance and timers are arguments. Where they come from is a short list; everywhere else they are a bug. */
import {expect, test} from 'vitest'
import {type Source, sources} from './sources.ts'

/** The clock, the hosts of nodes and servers, and the code that runs in a process of its own. */
const HOMES = [
  /^core\/clock\.ts$/,
  /^hosts\//,
  /^net\//,
  /^runner\/warden-main\.ts$/,
  /^runner\/recorder\.ts$/,
  /^cli\/settings\/seed\.ts$/,
]

const AMBIENT = [
  {what: 'the time', pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\.hrtime\b/},
  {what: 'chance', pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/},
  {what: 'a timer', pattern: /(?<![.\w])(setTimeout|setInterval|setImmediate)\(/},
]

function ambient(source: Source): string[] {
  if (HOMES.some((home) => home.test(source.path))) return []
  return source.lines.flatMap((text, i) => {
    if (/^\s*(\*|\/\/|\/\*)/.test(text)) return []
    return AMBIENT.filter(({pattern}) => pattern.test(text)).map(
      ({what}) => `${source.path}:${i + 1} reads ${what}: ${text.trim()}`,
    )
  })
}

test('no ambient time, chance or timers outside their homes', () => {
  expect(sources().flatMap(ambient)).toEqual([])
})

test('chance has no home at all but a seed', () => {
  const chance = AMBIENT[1]!.pattern
  const drawn = sources().flatMap(({path, lines}) =>
    lines.flatMap((text, i) => (chance.test(text) && !/^\s*(\*|\/\/|\/\*)/.test(text) ? [`${path}:${i + 1}`] : [])),
  )
  // The seed of a run that was given none has to come from somewhere.
  expect(drawn.filter((place) => !place.startsWith('cli/settings/seed.ts:'))).toEqual([])
})
