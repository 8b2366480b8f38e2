/** What a node of Redis Cluster knows of all nodes: the answer of `CLUSTER NODES`, a line each. */

export interface KnownNode {
  readonly id: string
  readonly port: number
  readonly flags: readonly string[]
  /** The id of its primary; undefined where it is one itself. */
  readonly primary: string | undefined
  /** Slots that it serves, as ranges with both ends. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** `07c3… 127.0.0.1:30004@31004 slave e7d1… 0 1426238317239 4 connected` or `… connected 0-5460 5462 [93->-…]`. */
export function nodesIn(answer: string): KnownNode[] {
  return answer
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id = '', address = '', flags = '', primary = '-', , , , , ...slots] = line.trim().split(' ')
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        flags: flags.split(','),
        primary: primary === '-' ? undefined : primary,
        // Slots that are on their way stand in brackets.
        ranges: slots.filter((slot) => !slot.startsWith('[')).map(range),
      }
    })
}

function range(text: string): readonly [number, number] {
  const [from = '', to = from] = text.split('-')
  return [Number(from), Number(to)]
}

/** Whether a node serves slots at present, and is not taken for dead. */
export function serves({flags, ranges}: KnownNode): boolean {
  return flags.includes('master') && !flags.includes('fail') && ranges.length > 0
}

/** Every slot of a node, one by one. */
export function slotsOf({ranges}: KnownNode): number[] {
  return ranges.flatMap(([from, to]) => Array.from({length: to - from + 1}, (_, i) => from + i))
}
