/**
 * What Elle took on such histories: recorded elsewhere, not measured in this run. Elle 0.2 in a warm JVM 17 on 2 cores, check
 * only, history in memory (20 clients, 1–4 micro-operations, 10 active keys, 32 writes per key, 2 % fail, 0.5 % info).
 *
 * Elle is published on Clojars only, not on Maven Central, so it cannot be fetched and run beside ours everywhere; where
 * somebody has it, its own figures belong here instead.
 */
export interface Recorded {
  readonly ms: number
  readonly note: string
}

export const ELLE: Readonly<Record<string, Recorded>> = {
  'list-append 10000': {ms: 368, note: 'warm median; first run 674 ms; 0.6–1.0 GB'},
  'list-append 100000': {ms: 2700, note: 'warm median; first run 3.6 s; 1.2 GB'},
  'list-append 100000 G1c': {ms: 4900, note: 'warm median; 5–9 GB'},
  'list-append 100000 G2-item': {ms: 3300, note: 'warm median; 5–9 GB'},
  'list-append 100000 100 clients': {ms: 4300, note: 'warm median; 5–9 GB'},
  'list-append 1000000': {ms: 63_900, note: 'cold, -Xmx18g; 10.6 GB'},
  'rw-register 10000': {ms: 328, note: 'warm median; 0.6 GB'},
  'rw-register 100000': {ms: 4700, note: 'warm median; first run 3.9 s; 5.2 GB'},
  'rw-register 100000 G1c': {ms: 2800, note: 'warm median'},
  'rw-register 1000000': {ms: 44_100, note: 'cold; 10.9 GB'},
  'rw-register 10000 all key orders': {ms: 58_800, note: 'warm median; 10.7 GB; and a false alarm'},
}
