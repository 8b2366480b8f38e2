/** How wide texts may be, and command lines that are wider. */

/** Where nobody can tell: what is piped, or shown by something that does not say. */
const USUAL = 80
/** Narrower than this, nothing can be shown in columns. */
const LEAST = 40

/** Columns of a terminal; of what is no terminal, those that `COLUMNS` asks for. */
export function columnsOf(stream: {readonly isTTY?: boolean; readonly columns?: number}): number {
  const columns = stream.isTTY ? stream.columns : Number(process.env['COLUMNS'] || undefined)
  return columns === undefined || !(columns >= 1) ? USUAL : Math.max(LEAST, Math.floor(columns))
}

/** A command line in lines that a shell takes as one, none of them wider than this where its words allow. */
export function brokenLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? ''
  // A word, quoted or not, with what belongs to it: a flag is not parted from its value.
  const words = line.slice(indent.length).match(/-{1,2}[\w-]+ (?!-)(?:'[^']*'|\S)+|(?:'[^']*'|\S)+/g) ?? []
  const lines: string[] = []
  let present = indent
  for (const word of words) {
    const empty = present.trim() === ''
    if (!empty && present.length + 1 + word.length > columns - 2 && present.trim() !== '$') {
      lines.push(`${present} \\`)
      present = `${indent}    ${word}`
    } else present = empty ? `${present}${word}` : `${present} ${word}`
  }
  return line.length <= columns ? [line] : [...lines, present]
}
