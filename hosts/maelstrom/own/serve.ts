/** Runs a bundled node on this process's standard input and output until the input ends. */
import {join} from 'node:path'
import {createRandom} from '../../../core/random.ts'
import type {Protocol} from '../../../core/target.ts'
import {FileDisk} from '../../process/disk.ts'
import {readLines} from '../../process/wire.ts'
import {parseJson, printJson} from '../json.ts'
import type {Packet} from '../packet.ts'
import {OwnNode} from './host.ts'
import {MemoryDisk} from './memory-disk.ts'
import type {PHRASEBOOKS} from './phrasebook.ts'

export interface ServeOptions {
  readonly protocol: Protocol
  readonly phrasebook: (typeof PHRASEBOOKS)[string]
  readonly bugs: readonly string[]
  readonly args: Readonly<Record<string, string>>
  readonly seed: string
  /** Where nodes keep what must survive a kill; absent: nowhere. */
  readonly directory?: string
}

/** Resolves when standard input ends. */
export function serveNode({seed, directory, ...options}: ServeOptions): Promise<void> {
  const originNs = process.hrtime.bigint()
  const node = new OwnNode({
    ...options,
    random: createRandom(seed),
    disk: (id) => (directory === undefined ? new MemoryDisk() : new FileDisk(join(directory, id))),
    print: (packet) => process.stdout.write(`${printJson(packet)}\n`),
    log: (line) => process.stderr.write(`${line}\n`),
    nowMs: () => Number(process.hrtime.bigint() - originNs) / 1e6,
  })
  readLines(process.stdin, (line) => node.receive(parseJson(line) as Packet))
  return new Promise((resolve) => {
    process.stdin.on('end', resolve)
    process.stdin.on('error', () => resolve())
  })
}
