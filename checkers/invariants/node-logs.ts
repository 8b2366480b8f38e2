/**
 * Patterns in node logs: what a node itself says went wrong.
 *
 * Definition. A line that matches one of the patterns is a finding. Patterns are for what no schedule of faults excuses: a crash
 * of the program, a failed assertion, corruption that it noticed. Errors about peers or timeouts are no findings.
 *
 * Proves: the node said so. Cannot see: anything that it keeps to itself.
 */

import type {Checker} from '../../core/checker.ts'
import {counted} from '../../core/quantities.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf} from '../findings/finding.ts'

/** A kind of line to look for. */
export interface LogPattern {
  readonly name: string
  readonly pattern: RegExp
}

/** What the common runtimes print when they die, and what databases print when they find their own data broken. */
export const LOG_PATTERNS: readonly LogPattern[] = [
  {name: 'panic', pattern: /^panic: |\bpanicked at\b|\bkernel panic\b/},
  {name: 'assertion', pattern: /\bassert(ion)?( has)? failed\b|\bAssertionError\b|\binvariant (was )?violated\b/i},
  {name: 'uncaught exception', pattern: /\b(uncaught|unhandled) (exception|rejection|error)\b|^Exception in thread "/i},
  {name: 'crash signal', pattern: /\bsegmentation fault\b|\bSIG(SEGV|BUS|ILL|ABRT)\b|\bcore dumped\b/i},
  {name: 'data race', pattern: /^WARNING: DATA RACE|\bThreadSanitizer\b|\bAddressSanitizer\b/},
  {name: 'out of memory', pattern: /\bOutOfMemoryError\b|\bheap out of memory\b|\bout of memory: kill/i},
  {
    name: 'corruption',
    pattern:
      /\bchecksum (mismatch|failed|error)\b|\b(data|log|index|page|file)( is)? corrupt(ed|ion)?\b|\bCRC mismatch\b/i,
  },
]

export interface NodeLogOptions {
  /** Lines by node. */
  readonly logs: Readonly<Record<string, Iterable<string>>>
  /** In place of `LOG_PATTERNS`. */
  readonly patterns?: readonly LogPattern[]
  /** Lines that are known to be harmless. */
  readonly ignore?: readonly RegExp[]
}

export function nodeLogs(options: NodeLogOptions = {logs: {}}): Checker {
  const {logs, patterns = LOG_PATTERNS, ignore = []} = options
  return {
    name: 'node-logs',
    description: 'no node logged a crash, a failed assertion or corruption',
    check() {
      const anomalies: Anomaly[] = []
      let lines = 0
      for (const node of Object.keys(logs).sort()) {
        let number = 0
        for (const line of logs[node] as Iterable<string>) {
          number++
          const hit = patterns.find(({pattern}) => pattern.test(line))
          if (hit === undefined || ignore.some((pattern) => pattern.test(line))) continue
          anomalies.push({
            type: 'node-log',
            sentence: `Node ${node} logged (${hit.name}): ${line.trim().slice(0, 200)}`,
            witness: [],
            detail: {node, line: number, pattern: hit.name},
          })
        }
        lines += number
      }
      return verdictOf({
        checker: 'node-logs',
        property: 'clean node logs',
        kind: 'safety',
        summary: `${counted(Object.keys(logs).length, 'node')}, ${counted(lines, 'line')}`,
        anomalies,
        reason: lines === 0 ? 'There are no log lines.' : undefined,
      })
    },
  }
}
