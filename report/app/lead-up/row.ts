/** What the diagram of a violation's lead-up is made of: lanes of clients and nodes, and rows in the order of time. */

export interface Lane {
  /** `p5`, `n1`. */
  readonly name: string
  readonly kind: 'client' | 'node'
}

/** A message, from lane to lane by name. */
export interface Arrow {
  readonly from: string
  readonly to: string
  /** `request` and `reply` are a client's; `message` passed between nodes; `lost` could not, or never arrived. */
  readonly kind: 'request' | 'reply' | 'message' | 'lost'
}

export interface Row {
  readonly ns: number
  readonly kind: 'operation' | 'fault' | 'event' | 'missed'
  /** A sentence; ops in it as `#4121`. */
  readonly text: string
  readonly arrows: readonly Arrow[]
  /** Nodes whose log is worth a look at this moment. */
  readonly nodes: readonly string[]
  /** What no order explains. */
  readonly wrong?: boolean
  /** Where too many rows had to go, the lowest went first. */
  readonly weight: number
}
