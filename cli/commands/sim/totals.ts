/** What a search over seeds has covered so far: a line that is drawn over on a terminal, and the summary. */
import {counted} from '../../../core/quantities.ts'
import type {Attempt} from '../../../runner/lab/attempt.ts'
import {isFinding} from '../../../runner/lab/attempt.ts'
import type {ReporterContext} from '../../reporters/reporter.ts'

/** Shortest time between two progress lines, ms. */
const EVERY_MS = 250

/** What was covered. */
export interface Figures {
  readonly seeds: number
  readonly valid: number
  readonly inconclusive: number
  /** Why, most often first: a reason as one seed gave it, and how many gave the like. */
  readonly inconclusiveBecause?: readonly Because[]
  readonly failed: number
  /** How many of these broke no safety property: they did not recover, or missed a threshold. */
  readonly failedLiveness: number
  readonly operations: number
  readonly faults: number
  readonly events: number
  readonly simulatedMs: number
  readonly simulatedHours: number
  /** Of the search, over all of its parts. */
  readonly tookMs: number
}

export interface Because {
  readonly reason: string
  readonly seeds: number
}

export class Totals {
  readonly #context: ReporterContext
  readonly #wanted: number | undefined
  readonly #startNs: number
  #saidNs = Number.NEGATIVE_INFINITY
  #seeds = 0
  #valid = 0
  #unknown = 0
  #findings = 0
  #liveness = 0
  #operations = 0
  #faults = 0
  #events = 0
  #simulatedMs = 0
  /** By what is left of a reason without its figures. */
  readonly #because = new Map<string, Because>()

  /** `before`: what an earlier part of the search has covered. */
  constructor(context: ReporterContext, wanted: number | undefined, before?: Figures) {
    this.#context = context
    this.#wanted = wanted
    this.#startNs = context.clock.nowNs() - (before?.tookMs ?? 0) * 1e6
    if (before === undefined) return
    this.#seeds = before.seeds
    this.#valid = before.valid
    this.#unknown = before.inconclusive
    this.#findings = before.failed
    this.#liveness = before.failedLiveness
    this.#operations = before.operations
    this.#faults = before.faults
    this.#events = before.events
    this.#simulatedMs = before.simulatedMs
    for (const {reason, seeds} of before.inconclusiveBecause ?? []) this.#count(reason, seeds)
  }

  add(attempt: Attempt): void {
    this.#seeds++
    if (attempt.validity === 'invalid' && !attempt.unsafe && attempt.crashes.length === 0) this.#liveness++
    if (isFinding(attempt)) this.#findings++
    else if (attempt.validity === 'valid') this.#valid++
    else {
      this.#unknown++
      this.#count(attempt.sentence, 1)
    }
    this.#operations += attempt.operations
    this.#faults += attempt.faults
    this.#events += attempt.events
    this.#simulatedMs += attempt.simulatedMs
    const {clock, live, err} = this.#context
    if (!live || clock.nowNs() - this.#saidNs < EVERY_MS * 1e6) return
    this.#saidNs = clock.nowNs()
    err(`\r\u001b[K  ${this.#line()}`)
  }

  #count(reason: string, seeds: number): void {
    const kind = reason.replaceAll(/[\d.]+/g, '#')
    const known = this.#because.get(kind)
    this.#because.set(kind, {reason: known?.reason ?? reason, seeds: (known?.seeds ?? 0) + seeds})
  }

  /** Clears the progress line. */
  end(): void {
    if (this.#context.live) this.#context.err('\r\u001b[K')
  }

  figures(): Figures {
    const tookMs = (this.#context.clock.nowNs() - this.#startNs) / 1e6
    const because = [...this.#because.values()].sort((left, right) => right.seeds - left.seeds)
    return {
      seeds: this.#seeds,
      valid: this.#valid,
      inconclusive: this.#unknown,
      ...(because.length === 0 ? {} : {inconclusiveBecause: because}),
      failed: this.#findings,
      failedLiveness: this.#liveness,
      operations: this.#operations,
      faults: this.#faults,
      events: this.#events,
      simulatedMs: this.#simulatedMs,
      simulatedHours: this.#simulatedMs / 3_600_000,
      tookMs,
    }
  }

  summary(kept: number): string {
    const {valid, inconclusive, failed, failedLiveness, operations, faults, tookMs, ...rest} = this.figures()
    const {style} = this.#context
    const head = failed > 0 ? style.bad('  FAIL ') : valid > 0 ? style.good('  PASS ') : style.warn('  ???? ')
    const open = inconclusive === 0 ? '' : `, ${inconclusive} inconclusive`
    const alive = failedLiveness === 0 ? '' : `, ${failedLiveness} of them in liveness only`
    const found =
      failed === 0
        ? `No violation found in ${counted(this.#seeds, 'seed')}`
        : `${failed} of ${counted(this.#seeds, 'seed')} failed${alive}, ${kept} kept as ${kept === 1 ? 'a run' : 'runs'}`
    const [often] = rest.inconclusiveBecause ?? []
    return [
      `${head} ${found}${open}.`,
      ...(often === undefined
        ? []
        : [`        Inconclusive${inconclusive === 1 ? '' : `, ${often.seeds} of ${inconclusive}`}: ${often.reason}`]),
      `        ${counted(operations, 'operation')} under ${counted(faults, 'fault')}, ${this.#simulated()} simulated in ${(tookMs / 1000).toFixed(1)} s (${Math.round(this.#simulatedMs / Math.max(1, tookMs))} × real time).`,
      ...(failed === 0 ? ['        This is evidence, not proof.'] : []),
      '',
    ].join('\n')
  }

  #line(): string {
    const {tookMs} = this.figures()
    const of = this.#wanted === undefined ? '' : `/${this.#wanted}`
    const perS = (this.#seeds / Math.max(1, tookMs)) * 1000
    return `${this.#seeds}${of} seeds, ${perS.toFixed(1)}/s, ${this.#simulated()} simulated, ${this.#findings} failed`
  }

  #simulated(): string {
    const hours = this.#simulatedMs / 3_600_000
    if (hours >= 1) return `${hours.toFixed(1)} h`
    return `${(this.#simulatedMs / 60_000).toFixed(1)} min`
  }
}
