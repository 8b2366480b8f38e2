/**
 * JUnit XML, as every CI system reads it: a suite for each run, a case for each property. What is violated is a failure,
 * what is unknown is skipped with its reason, what the environment did is an error.
 */
import type {Judgement} from '../../core/verdict.ts'
import type {Reporter, ReporterContext} from './reporter.ts'

/** One run as far as JUnit is concerned. */
export interface Suite {
  readonly name: string
  readonly tookMs: number
  readonly judgement?: Judgement
  /** Where there is no judgement to show: how the run as a whole ended, and the sentence for it. */
  readonly whole?: {readonly as: 'passed' | 'failure' | 'error' | 'skipped'; readonly sentence: string}
  /** How to see it again. */
  readonly reproduce: string
}

function escapeXml(text: string): string {
  const named: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;'}
  // XML 1.0 has no way to say most control characters.
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '�')
    .replaceAll(/[&<>"']/g, (character) => named[character] as string)
}

/** The document for these suites. */
export function junitXml(suites: readonly Suite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="chaos">',
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteLines({name, tookMs, judgement, whole, reproduce}: Suite): string[] {
  const verdicts = judgement?.verdicts ?? []
  const count = (validity: string, as: NonNullable<Suite['whole']>['as']) =>
    verdicts.filter((verdict) => verdict.validity === validity).length + (whole?.as === as ? 1 : 0)
  const attributes = [
    `name="${escapeXml(name)}"`,
    `tests="${verdicts.length + (whole === undefined ? 0 : 1)}"`,
    `failures="${count('invalid', 'failure')}"`,
    `errors="${whole?.as === 'error' ? 1 : 0}"`,
    `skipped="${count('unknown', 'skipped')}"`,
    `time="${(tookMs / 1000).toFixed(3)}"`,
  ]
  const cases = verdicts.map((verdict) => {
    const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(verdict.property)}"`
    if (verdict.validity === 'valid') return `${head}/>`
    const reason = escapeXml(verdict.anomalies[0]?.sentence ?? verdict.reason ?? verdict.summary)
    if (verdict.validity === 'unknown') return `${head}><skipped message="${reason}"/></testcase>`
    const text = [...verdict.anomalies.map(({sentence}) => sentence), `Reproduce: ${reproduce}`].join('\n')
    return `${head}><failure type="${escapeXml(verdict.anomalies[0]?.type ?? 'violation')}" message="${reason}">${escapeXml(text)}</failure></testcase>`
  })
  return [`  <testsuite ${attributes.join(' ')}>`, ...cases, ...wholeCase(name, reproduce, whole), '  </testsuite>']
}

function wholeCase(name: string, reproduce: string, whole: Suite['whole']): string[] {
  if (whole === undefined) return []
  const head = `    <testcase classname="${escapeXml(name)}" name="run"`
  if (whole.as === 'passed') return [`${head}/>`]
  const message = `message="${escapeXml(whole.sentence)}"`
  if (whole.as !== 'failure') return [`${head}><${whole.as} ${message}/></testcase>`]
  return [`${head}><failure ${message}>${escapeXml(`Reproduce: ${reproduce}`)}</failure></testcase>`]
}

export function junitReporter({out, clock}: ReporterContext): Reporter {
  const startNs = clock.nowNs()
  return {
    ended({result: {facts, judgement, ended}}) {
      const suite = {
        name: `${facts.target}/${facts.workload}`,
        tookMs: (clock.nowNs() - startNs) / 1e6,
        reproduce: facts.command,
      }
      const early = {as: 'error', sentence: ended?.message ?? 'ended early'} as const
      const rest = judgement === undefined ? {whole: early} : {judgement}
      out(junitXml([{...suite, ...rest}]))
    },
  }
}
