/** What every workload has to keep: operations that follow from the seed, in its own vocabulary, judged for every claim. */
import {deepStrictEqual, ok} from 'node:assert/strict'
import type {Context, Generator, Invocation} from '../../core/generator.ts'
import {createRandom} from '../../core/random.ts'
import type {Workload, WorkloadOptions} from '../../core/workload.ts'
import type {Contract} from './contract.ts'

/** Operations that are drawn. */
const DRAWN = 200
const THREADS = [0, 1, 2, 3, 4, 5]

export function workloadContract(workload: Workload): Contract {
  const {name, description, requires, optional = [], claims} = workload
  const optionsFor = (claim: WorkloadOptions['claim']): WorkloadOptions => ({
    keys: 3,
    nodes: ['n1', 'n2', 'n3'],
    concurrency: THREADS.length,
    ratePerS: Number.POSITIVE_INFINITY,
    functions: [...requires, ...optional],
    claim,
  })
  return [
    {
      name: 'says what it is, what it needs and what it can judge',
      check() {
        ok(name.length > 0 && description.length > 0)
        ok(requires.length > 0, 'it requires no function')
        ok(claims.length > 0, 'it can judge no claim')
      },
    },
    {
      name: 'has checkers for each claim, with different names',
      check() {
        for (const claim of claims) {
          const names = workload.checkers(optionsFor(claim)).map((checker) => checker.name)
          ok(names.length > 0, `no checker for ${claim}`)
          deepStrictEqual(names, [...new Set(names)])
        }
      },
    },
    {
      name: 'asks only for functions that it requires or names as optional',
      check() {
        for (const claim of claims) {
          for (const {f} of draw(workload.generator(optionsFor(claim)), 'a')) {
            ok([...requires, ...optional].includes(f), `it asks for ${f}`)
          }
        }
      },
    },
    {
      name: 'draws the same operations from the same seed, and does not run dry',
      check() {
        const options = optionsFor(claims[0] as WorkloadOptions['claim'])
        const drawn = draw(workload.generator(options), 'a')
        ok(drawn.length === DRAWN, `it ended after ${drawn.length} operations`)
        deepStrictEqual(draw(workload.generator(options), 'a'), drawn)
      },
    },
    {
      name: 'speaks the same vocabulary in its final reads',
      check() {
        const options = optionsFor(claims[0] as WorkloadOptions['claim'])
        const final = workload.finalGenerator?.(options, ['x0', 'x1', 'x2'])
        for (const {f} of final === undefined ? [] : draw(final, 'a')) {
          ok([...requires, ...optional].includes(f), `it asks for ${f}`)
        }
      },
    },
  ]
}

function draw(generator: Generator, seed: string): Invocation[] {
  const drawn: Invocation[] = []
  const random = createRandom(seed)
  let timeNs = 0
  let next: Generator | undefined = generator
  while (next !== undefined && drawn.length < DRAWN) {
    const context: Context = {timeNs, threads: THREADS, free: THREADS, processOf: (thread) => thread, random}
    const step = next.next(context)
    if (step === undefined) break
    if (step.kind === 'pending') {
      if (step.untilNs === undefined) break
      timeNs = Math.max(timeNs + 1, step.untilNs)
      next = step.next ?? next
      continue
    }
    drawn.push(step.op)
    timeNs = Math.max(timeNs, step.op.atNs)
    next = step.next
  }
  return drawn
}
