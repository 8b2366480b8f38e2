/**
 * Writes docs/targets.md from the registry of bundled targets, so that it says what the code does. `tests/targets-page.test.ts`
 * compares the file with this; `npx vitest run tests/targets-page.test.ts -u` writes it anew.
 */
import type {Bug, Target} from '../core/target.ts'
import {table} from './markdown.ts'

/** The page for these targets, as Markdown. */
export function targetsPage(targets: Readonly<Record<string, Target>>): string {
  const all = Object.values(targets)
  return [
    '# Bundled targets',
    '',
    '<!-- Generated from targets/index.ts: npx vitest run tests/targets-page.test.ts -u -->',
    '',
    'Each is a well-known design as our own code, in a folder under `targets/` that says which paper it follows. `chaos run NAME`',
    'puts it under its first workload with the default faults; it keeps its claim. `chaos run NAME --bug BUG` plants a defect,',
    'and the harness convicts it. Each also runs in simulated time.',
    '',
    ...table(
      ['target', 'what it is', 'nodes', 'claims'],
      all.map(({name, description, defaultNodes, minNodes, claims}) => [
        `[\`${name}\`](#${name})`,
        description,
        minNodes === undefined ? `${defaultNodes}` : `${defaultNodes}, at least ${minNodes}`,
        Object.entries(claims)
          .map(([workload, claim]) => `${workload}: ${claim}`)
          .join(', '),
      ]),
    ),
    '',
    ...all.flatMap(section),
  ].join('\n')
}

function section({name, description, bugs, flaw}: Target): string[] {
  return [
    `## ${name}`,
    '',
    `${description}.`,
    '',
    ...(flaw === undefined
      ? []
      : [
          `Wrong in itself (${flaw.change}): \`chaos run ${name}\` convicts it with ${flaw.anomalies.join(' or ')}. Source: ${flaw.source}.`,
          '',
        ]),
    ...(bugs.length === 0
      ? []
      : [...table(['bug', 'what is changed', 'after', 'convicted by', 'with'], bugs.map(bugRow)), '']),
    ...bugs.flatMap(({name: bug, simulatedOnly}) =>
      simulatedOnly === undefined ? [] : [`\`${bug}\` shows in simulated time only: ${simulatedOnly}`, ''],
    ),
  ]
}

function bugRow({name, change, source, workload, nemesis, anomalies, excludes}: Bug): string[] {
  const alone = excludes === undefined ? '' : ` (not with ${excludes.join(', ')})`
  return [`\`${name}\`${alone}`, change, source, `${workload} under ${nemesis.join(', ')}`, anomalies.join(', ')]
}
