/** `events/<node>.jsonl`: what nodes tell through `env.event`, a line each. */
import {createWriteStream, type WriteStream} from 'node:fs'
import {join} from 'node:path'
import type {Message, NodeId} from '../../core/node.ts'

export class EventFiles {
  readonly #files: ReadonlyMap<NodeId, WriteStream>

  constructor(directory: string, nodes: readonly NodeId[]) {
    this.#files = new Map(
      nodes.map((node) => [node, createWriteStream(join(directory, `${node}.jsonl`), {flags: 'a'})]),
    )
    // A full disk must not end the run through an event file; the history's own writer reports it.
    for (const file of this.#files.values()) file.on('error', () => {})
  }

  write(node: NodeId, event: Message, timeNs: number): void {
    this.#files.get(node)?.write(`${JSON.stringify({time: timeNs, node, event})}\n`)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => new Promise<void>((done) => file.end(done))))
  }
}
