/** Shows what nodes print on standard error while the run goes on: their logs are files, whose ends are looked at. */
import {closeSync, openSync, readSync} from 'node:fs'
import {join} from 'node:path'
import type {Cancel, Clock} from '../../core/clock.ts'
import type {NodeId} from '../../core/node.ts'

const LOOK_MS = 100
const CHUNK_BYTES = 1 << 16

/** Shows lines as `n1: …` until what it returns is called, which shows the rest. */
export function showLogs(clock: Clock, directory: string, nodes: readonly NodeId[]): () => void {
  const places = new Map(nodes.map((node) => [node, {at: 0, rest: ''}]))
  let cancel: Cancel = () => {}
  const look = () => {
    for (const [node, place] of places) {
      for (let text = readFrom(join(directory, `${node}.log`), place.at); text.length > 0; ) {
        place.at += text.length
        const lines = (place.rest + text.toString('utf8')).split('\n')
        place.rest = lines.pop() as string
        for (const line of lines) process.stderr.write(`${node}: ${line}\n`)
        text = readFrom(join(directory, `${node}.log`), place.at)
      }
    }
  }
  const again = () => {
    look()
    cancel = clock.after(LOOK_MS, again)
  }
  again()
  return () => {
    cancel()
    look()
  }
}

/** Bytes of a file from this place on; none where it is not there yet. */
function readFrom(file: string, at: number): Buffer {
  const buffer = Buffer.alloc(CHUNK_BYTES)
  try {
    const descriptor = openSync(file, 'r')
    try {
      return buffer.subarray(0, readSync(descriptor, buffer, 0, CHUNK_BYTES, at))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return buffer.subarray(0, 0)
  }
}
