/**
 * How fast histories are read, in MB/s per format: the same operations, fed in pieces of 1 MiB as a file would be.
 *
 *     node --import tsx bench/parse.ts [operations]
 *
 * Median of five, by this process's own CPU time: other load on the machine does not count.
 */
import {FORMATS, type FormatName, writeHistory} from '../core/format/index.ts'
import type {Op} from '../core/op.ts'

const OPERATIONS = Number(process.argv[2] ?? 500_000)
const PIECE = 1 << 20

function* registerOps(): Generator<Op> {
  for (let i = 0; i < OPERATIONS; i++) {
    const common = {process: i % 20, f: i % 2 ? 'read' : 'write', key: `x${i % 8}`, node: `n${(i % 5) + 1}`}
    yield {index: 2 * i, timeNs: i * 30_000, type: 'invoke', ...common, value: i % 2 ? null : i}
    yield {index: 2 * i + 1, timeNs: i * 30_000 + 20_000, type: 'ok', ...common, value: i}
  }
}

function measure(format: FormatName): void {
  const bytes = Buffer.from([...writeHistory(registerOps(), format)].join(''))
  const rates: number[] = []
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage()
    const reader = FORMATS[format].read({file: 'bench'})
    let count = 0
    for (let at = 0; at < bytes.length; at += PIECE) count += reader.push(bytes.subarray(at, at + PIECE)).length
    count += reader.end().length
    if (count !== 2 * OPERATIONS) throw new Error(`${count} ops came back of ${2 * OPERATIONS}`)
    const {user, system} = process.cpuUsage(start)
    rates.push(bytes.length / (user + system))
  }
  rates.sort((left, right) => left - right)
  const megabytes = (bytes.length / 1e6).toFixed(0)
  console.log(
    `${format.padEnd(6)} ${(rates[2] as number).toFixed(0).padStart(5)} MB/s   (${megabytes} MB, ${2 * OPERATIONS} ops)`,
  )
}

for (const format of ['jsonl', 'json', 'edn'] as const) measure(format)
