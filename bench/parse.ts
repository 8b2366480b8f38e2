/**
 * How fast histories are read, in MB/s per format, to ops that are forgotten and into the store that `chaos check` keeps: the
 * same operations, fed in pieces of 256 KiB as a file would be.
 *
 *     node --import tsx bench/parse.ts [operations]
 *
 * Median of five, by this process's own CPU time: other load on the machine does not count.
 */
import {FORMATS, type FormatName, writeHistory} from '../core/format/index.ts'
import type {Op} from '../core/op.ts'
import {OpStore} from '../core/store/op-store.ts'

const OPERATIONS = Number(process.argv[2] ?? 500_000)
const PIECE = 1 << 18

function* registerOps(): Generator<Op> {
  for (let i = 0; i < OPERATIONS; i++) {
    const common = {process: i % 20, f: i % 2 ? 'read' : 'write', key: `x${i % 8}`, node: `n${(i % 5) + 1}`}
    yield {index: 2 * i, timeNs: i * 30_000, type: 'invoke', ...common, value: i % 2 ? null : i}
    yield {index: 2 * i + 1, timeNs: i * 30_000 + 20_000, type: 'ok', ...common, value: i}
  }
}

function measure(format: FormatName, keep: boolean): void {
  const bytes = Buffer.from([...writeHistory(registerOps(), format)].join(''))
  const rates: number[] = []
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage()
    const reader = FORMATS[format].read({file: 'bench'})
    const store = new OpStore()
    let count = 0
    const take = (ops: readonly Op[]) => {
      count += ops.length
      if (keep) store.pushAll(ops)
    }
    for (let at = 0; at < bytes.length; at += PIECE) take(reader.push(bytes.subarray(at, at + PIECE)))
    take(reader.end())
    if (count !== 2 * OPERATIONS) throw new Error(`${count} ops came back of ${2 * OPERATIONS}`)
    const {user, system} = process.cpuUsage(start)
    rates.push(bytes.length / (user + system))
  }
  rates.sort((left, right) => left - right)
  const megabytes = (bytes.length / 1e6).toFixed(0)
  console.log(
    `${format.padEnd(6)} ${(keep ? 'into the store' : 'to ops').padEnd(14)} ${(rates[2] as number).toFixed(0).padStart(5)} MB/s   (${megabytes} MB, ${2 * OPERATIONS} ops)`,
  )
}

for (const format of ['jsonl', 'json', 'edn'] as const) for (const keep of [false, true]) measure(format, keep)
