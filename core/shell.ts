/** Words for a POSIX shell. */

/** The word as it has to be typed for the shell to take it as one, unchanged. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
