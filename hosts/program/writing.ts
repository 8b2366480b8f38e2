/** Directories of nodes in which nothing can be written: said with the reason, before any program stumbles over it. */
import {ChaosError, EnvironmentError, messageOf} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'

/** What the system answers where nothing can be written. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'it is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EEXIST: 'something else is there',
  ENOTDIR: 'something else is there',
}

/** Does what writes into a node's directory. Throws EnvironmentError, with the reason, where nothing can be written there. */
export async function writing(node: NodeId, directory: string, work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    const why = UNWRITABLE[(error as NodeJS.ErrnoException).code ?? '']
    if (error instanceof ChaosError || why === undefined) throw error
    throw new EnvironmentError(`Node ${node} cannot keep its state in ${directory}: ${why}.`, [messageOf(error)], error)
  }
}
