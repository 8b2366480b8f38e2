/** Which cycles are worth a search, given what was found already. */
import {type AnomalyType, CYCLES, type CycleType, modelsRuledOutBy} from './anomalies.ts'
import type {Findings} from './findings.ts'
import {breaks, type Requirement} from './judgement.ts'

/** All by data alone; across process order or real time only those that rule out, or break, something more. */
export class Interest {
  readonly #findings: Findings
  readonly #requirement: Requirement
  readonly #out = new Set<string>()
  #isBroken = false

  constructor(findings: Findings, requirement: Requirement) {
    this.#findings = findings
    this.#requirement = requirement
    for (const type of findings.types) this.found(type)
  }

  found(type: AnomalyType): void {
    // It rests on what the user vouches for; a cycle that does not is worth knowing besides.
    if (type === 'cyclic-versions') return
    for (const model of modelsRuledOutBy(type)) this.#out.add(model)
    this.#isBroken ||= breaks(type, this.#requirement)
  }

  has(type: CycleType): boolean {
    if ((CYCLES as readonly string[]).includes(type) || this.#findings.has(type)) return true
    for (const model of modelsRuledOutBy(type)) if (!this.#out.has(model)) return true
    return !this.#isBroken && breaks(type, this.#requirement)
  }
}
