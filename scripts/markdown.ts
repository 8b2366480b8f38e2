/** Markdown of the pages that are made by commands. */

/** The lines of a table; `align` is its second line, such as `--:` for numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly string[] = head.map(() => '---'),
): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(align), ...rows.map(line)]
}
