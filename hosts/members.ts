/** What every host has in common: one program a node, killed, started again, frozen and resumed by its name. */
import type {ProcessControl} from '../core/cluster.ts'
import type {NodeId} from '../core/node.ts'
import type {Program} from '../core/place.ts'

export class Members {
  readonly #programs: ReadonlyMap<NodeId, Program>

  constructor(programs: Iterable<readonly [NodeId, Program]>) {
    this.#programs = new Map(programs)
  }

  of(node: NodeId): Program {
    const program = this.#programs.get(node)
    if (program === undefined) throw new RangeError(`no node ${node}`)
    return program
  }

  /** Throws, with the end of its log, for the first program that is dead. */
  assertAlive(): void {
    for (const program of this.#programs.values()) if (program.state === 'dead') throw program.failure('is not running')
  }

  /** Control over the processes; `start` starts the program of a node that is dead. */
  control(start: (node: NodeId) => Promise<void>): ProcessControl {
    return {
      kill: (node) => this.of(node).kill(),
      restart: async (node) => {
        if (this.of(node).state === 'dead') await start(node)
      },
      pause: (node) => this.of(node).pause(),
      resume: (node) => this.of(node).resume(),
      state: (node) => this.of(node).observedState(),
    }
  }

  async killAll(): Promise<void> {
    await Promise.allSettled([...this.#programs.values()].map((program) => program.kill()))
  }
}
