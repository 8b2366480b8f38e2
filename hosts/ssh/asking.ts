/** Asks a program elsewhere what its monotonic clock says, and believes the quickest answer. */
import {createInterface} from 'node:readline'
import {execa} from 'execa'

const LIMIT_MS = 15_000

/** How far that clock is ahead of ours, ns, give or take half of the shortest round trip; undefined where nobody answers. */
export async function asking(words: readonly string[], times: number): Promise<bigint | undefined> {
  const [file, ...args] = words
  const child = execa(file as string, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    reject: false,
    buffer: false,
    timeout: LIMIT_MS,
  })
  child.stdin.on('error', () => {})
  let best: {readonly rttNs: bigint; readonly shiftNs: bigint} | undefined
  let askedNs = 0n
  let asked = 0
  const ask = () => {
    askedNs = process.hrtime.bigint()
    if (asked++ < times) child.stdin.write('?')
  }
  for await (const line of createInterface({input: child.stdout})) {
    const nowNs = process.hrtime.bigint()
    if (/^\d+$/.test(line)) {
      const rttNs = nowNs - askedNs
      if (best === undefined || rttNs < best.rttNs) best = {rttNs, shiftNs: BigInt(line) - (askedNs + rttNs / 2n)}
    }
    ask()
  }
  await child
  return best?.shiftNs
}
