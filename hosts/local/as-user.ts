/** Some databases refuse to be root: their programs are run as a user of their own. */

/** The words of a command that is run as this user, where we are root; otherwise as ourselves. */
export function asUser(words: readonly string[], user: string | undefined): string[] {
  if (user === undefined || process.getuid?.() !== 0) return [...words]
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--', ...words]
}
