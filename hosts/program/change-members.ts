/** Changing the members of a cluster of programs: asked for until the cluster itself says that it is so. */
import {type Clock, sleep} from '../../core/clock.ts'
import type {NodeId} from '../../core/node.ts'

/** How long a change may take until the cluster says that it is in force, ms. */
const LIMIT_MS = 8000
const RETRY_MS = 200

export interface Change {
  readonly clock: Clock
  readonly node: NodeId
  /** Whether it is to be a member. */
  readonly present: boolean
  /** The members as the cluster says. */
  members(): Promise<readonly NodeId[]>
  /** Asks for the change; may be called again. A refusal counts for nothing where the members say otherwise. */
  ask(): Promise<unknown>
}

/** Throws with the last refusal. */
export async function changeMembers({clock, node, present, members, ask}: Change): Promise<void> {
  const deadlineNs = clock.nowNs() + LIMIT_MS * 1e6
  for (;;) {
    const refusal = await ask().then(
      () => undefined,
      (error: unknown) => error,
    )
    const now = await members().catch(() => undefined)
    if (now?.includes(node) === present) return
    if (clock.nowNs() >= deadlineNs) throw refusal ?? new Error('the members stay as they were')
    await sleep(clock, RETRY_MS)
  }
}
