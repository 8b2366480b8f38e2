/** What every network of simulated links can be told and asked: faults by link, and what is in force on them. */
import type {CutMode, Link, Shape} from '../core/network.ts'
import type {SimLink} from './link.ts'

export abstract class SimLinks {
  /** Links by where they come from and where they lead. */
  protected readonly links = new Map<string, Map<string, SimLink>>()

  /** Throws for a link that there is not, or makes it. */
  protected abstract link(from: string, to: string): SimLink

  async cut(cause: string, links: readonly Link[], mode: CutMode): Promise<void> {
    for (const {from, to} of links) this.link(from, to).cut(cause, mode)
  }

  async shape(cause: string, links: readonly Link[], shape: Shape): Promise<void> {
    for (const {from, to} of links) this.link(from, to).shape(cause, shape)
  }

  async heal(cause: string): Promise<void> {
    this.undo(cause)
  }

  async healAll(): Promise<void> {
    this.undo()
  }

  async readBack({from, to}: Link, cause?: string): Promise<string> {
    return this.link(from, to).describe(cause)
  }

  async readBackAll(links: readonly Link[], cause?: string): Promise<readonly string[]> {
    return links.map(({from, to}) => this.link(from, to).describe(cause))
  }

  async hits(links: readonly Link[], kind: 'duplicate' | 'reorder'): Promise<number> {
    return links.reduce((sum, {from, to}) => sum + this.link(from, to).hits[kind], 0)
  }

  async isCut({from, to}: Link): Promise<boolean> {
    return this.link(from, to).isCut
  }

  async countCut(links: readonly Link[]): Promise<number> {
    return links.reduce((sum, {from, to}) => sum + Number(this.link(from, to).isCut), 0)
  }

  /** Undoes what this cause did; everything without a cause. */
  protected undo(cause?: string): void {
    for (const row of this.links.values()) for (const link of row.values()) link.heal(cause)
  }
}
