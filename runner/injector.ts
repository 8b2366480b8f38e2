/**
 * Runs nemesis operations: `start-<fault>` strikes, `stop-<fault>` undoes it, each answered by what was done and its proof.
 * Whatever is still in force at the end of a run is in `active`.
 */
import type {Outcome} from '../core/client.ts'
import type {Clock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {messageOf} from '../core/error.ts'
import type {Invocation} from '../core/generator.ts'
import type {FaultSpec, FaultValue, Injection, Nemesis} from '../core/nemesis.ts'

interface InForce {
  readonly spec: FaultSpec
  readonly injection: Injection
}

export class Injector {
  readonly #nemeses: ReadonlyMap<string, Nemesis>
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #untilNs: number | undefined
  readonly #inForce = new Map<string, InForce>()
  #injections = 0

  /** `untilNs` is when faults are to be over: see `StrikeContext`. */
  constructor(nemeses: readonly Nemesis[], cluster: Cluster, clock: Clock, untilNs?: number) {
    this.#nemeses = new Map(nemeses.map((nemesis) => [nemesis.name, nemesis]))
    this.#cluster = cluster
    this.#clock = clock
    this.#untilNs = untilNs
  }

  /** Faults now in force, by name, with their descriptions. */
  get active(): ReadonlyMap<string, string> {
    return new Map([...this.#inForce].map(([fault, {injection}]) => [fault, injection.description]))
  }

  /** Runs one nemesis operation. Never rejects: what goes wrong is the op's error. */
  async invoke({f, value}: Invocation): Promise<Outcome> {
    try {
      if (f.startsWith('start-')) return {type: 'ok', value: await this.#start(value as FaultSpec)}
      const stopped = await this.#stop(f.slice('stop-'.length))
      return stopped === undefined ? {type: 'info', error: 'was not in force'} : {type: 'ok', value: stopped}
    } catch (error) {
      return {type: 'info', error: messageOf(error)}
    }
  }

  async #start(spec: FaultSpec): Promise<FaultValue> {
    const nemesis = this.#nemeses.get(spec.fault) as Nemesis
    const cause = `${spec.fault}#${++this.#injections}`
    const until = this.#untilNs === undefined ? {} : {untilNs: this.#untilNs}
    const injection = await nemesis.start(spec, {cluster: this.#cluster, clock: this.#clock, cause, ...until})
    this.#inForce.set(spec.fault, {spec, injection})
    const {description, victims, links, proof} = injection
    return {spec, description, victims, proof, ...(links === undefined ? {} : {links})}
  }

  async #stop(fault: string): Promise<FaultValue | undefined> {
    const held = this.#inForce.get(fault)
    if (held === undefined) return undefined
    this.#inForce.delete(fault)
    const {spec, injection} = held
    return {spec, description: injection.description, victims: injection.victims, proof: await injection.stop()}
  }
}
