/** `chaos --help`: every command in a line, by group. Needs nothing but the table of commands, so that it is there at once. */
import {ENTRIES} from '../commands/index.ts'

/** Columns of the text at most: longer lines are hard to follow. */
const WIDEST = 100

export function rootHelp(version: string, columns: number): string {
  const width = Math.min(columns, WIDEST)
  const names = Object.keys(ENTRIES)
  const indent = Math.max(...names.map((name) => name.length)) + 4
  const groups = [...new Set(Object.values(ENTRIES).map(({group}) => group))]
  const sections = groups.flatMap((group) => [
    '',
    group,
    ...Object.entries(ENTRIES)
      .filter(([, entry]) => entry.group === group)
      .flatMap(([name, {summary}]) => hanging(`  ${name}`, summary, {indent, width})),
  ])
  return [
    ...hanging('', 'Starts a distributed system, breaks it, and proves from the record whether it kept its promise.', {
      indent: 0,
      width,
    }),
    '',
    'USAGE',
    '  $ chaos COMMAND [FLAGS]',
    ...sections,
    '',
    'FIRST STEPS',
    ...FIRST_STEPS.flatMap(([line, what]) => hanging(`  $ ${line}`, what, {indent: STEP_INDENT, width})),
    '',
    `VERSION ${version}`,
    '',
  ].join('\n')
}

const FIRST_STEPS = [
  ['chaos run', 'a correct cluster under faults: 30 seconds, one verdict'],
  ['chaos run --bug stale-read', 'the same with a planted bug, caught'],
  ['chaos COMMAND --help', 'what a command takes, with examples'],
] as const
const STEP_INDENT = 34

/** A term and its text, wrapped and indented behind it. */
function hanging(term: string, text: string, {indent, width}: {indent: number; width: number}): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((one, i) => `${(i === 0 ? term : '').padEnd(indent)}${one}`)
}
