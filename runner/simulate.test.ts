import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {writeOp} from '../core/format/jsonl.ts'
import type {Target} from '../core/target.ts'
import {partition} from '../nemesis/partition.ts'
import {kill, pause} from '../nemesis/process.ts'
import {primaryTarget} from '../tests/fixtures/primary.ts'
import {register} from '../workloads/register.ts'
import {parsePlan, writePlan} from './plan-file.ts'
import {type Simulation, type SimulationRequest, simulate} from './simulate.ts'

const NEMESES = [partition(), kill(['one', 'minority']), pause(['one'])]

function simulated(request: Partial<SimulationRequest> = {}): Promise<Simulation> {
  return simulate({target: primaryTarget, workload: register, nemeses: NEMESES, seed: 1, timeMs: 2000, ...request})
}

function hash({history}: Simulation): string {
  return createHash('sha256').update(history.ops.map(writeOp).join('\n')).digest('hex')
}

async function validity({history, workloadOptions}: Simulation): Promise<string[]> {
  const verdicts = await Promise.all(register.checkers(workloadOptions).map((checker) => checker.check(history)))
  return verdicts.map((verdict) => verdict.validity)
}

describe('a simulated run', () => {
  test('leaves its target the time to settle that a real run leaves it', async () => {
    const {plan} = await simulated({target: {...primaryTarget, settleMs: 300}, intervalMs: 500})
    expect(plan.options['settleMs']).toBe(300)
    expect(plan.faults.length).toBeGreaterThan(0)
    expect(Math.max(...plan.faults.map(({stopMs}) => stopMs))).toBeLessThanOrEqual(1700)
  })
  test('is a function of its seed', async () => {
    for (const seed of [1, 2, 3]) {
      const [one, other] = [await simulated({seed}), await simulated({seed})]
      expect(hash(one)).toBe(hash(other))
      expect(writePlan(one.plan)).toBe(writePlan(other.plan))
      expect(one.events).toEqual(other.events)
    }
    expect(hash(await simulated({seed: 1}))).not.toBe(hash(await simulated({seed: 2})))
  })

  test('is so without a rate too', async () => {
    const request = {ratePerS: Number.POSITIVE_INFINITY, timeMs: 300, nemeses: []}
    const [one, other] = [await simulated(request), await simulated(request)]
    expect(one.history.operations.length).toBeGreaterThan(500)
    expect(one.plan.unbounded).toBe(true)
    expect(one.plan.operations.length).toBe(one.history.operations.filter((it) => !it.final).length)
    expect(hash(one)).toBe(hash(other))
  })

  test('can be run again from its plan alone, whole or in part', async () => {
    const whole = await simulated()
    expect(hash(await simulated({plan: parsePlan(writePlan(whole.plan))}))).toBe(hash(whole))
    const plan = {...whole.plan, faults: [], operations: whole.plan.operations.slice(0, 10)}
    const part = await simulated({plan})
    expect(part.history.faults).toEqual([])
    expect(part.history.operations.filter((it) => !it.final)).toHaveLength(10)
  })

  test('records clients, faults with their proofs, and final reads from every node', async () => {
    const {history, plan, workloadOptions} = await simulated({operationTimeoutMs: 200})
    const {operations} = history
    expect(history.ops.map(({index}) => index)).toEqual([...history.ops].map((_, position) => position))
    const asked = operations.filter((it) => !it.final).map(({f, key, input}) => ({f, key, value: input}))
    expect(asked.length).toBeGreaterThan(200)
    expect(asked).toEqual(
      plan.operations.slice(0, asked.length).map(({f, key, value}) => ({f, key, value: value ?? null})),
    )
    expect(new Set(operations.map((it) => it.outcome))).toEqual(new Set(['ok', 'info']))
    expect(history.faults.length).toBe(plan.faults.length)
    expect(history.faults.every((fault) => fault.verified && fault.endIndex !== undefined)).toBe(true)
    expect(new Set(history.faults.map(({fault}) => fault))).toEqual(new Set(['partition', 'kill', 'pause']))
    const final = operations.filter((it) => it.final)
    expect(new Set(final.map((it) => it.node))).toEqual(new Set(workloadOptions.nodes))
    expect(final.every((it) => it.outcome === 'ok')).toBe(true)
    expect(Math.min(...final.map((it) => it.startNs))).toBeGreaterThan(
      Math.max(...history.faults.map((it) => it.endNs)),
    )
  })

  test('lets an honest system pass, and convicts one that is not', async () => {
    const convicted = []
    for (let seed = 0; seed < 10; seed++) {
      expect(await validity(await simulated({seed}))).toEqual(['valid'])
      convicted.push(...(await validity(await simulated({seed, bugs: ['local-reads']}))))
    }
    expect(convicted).toContain('invalid')
  })

  test('takes less than a hundredth of its time, about', async () => {
    await simulated()
    const {cost} = await simulated({timeMs: 10_000, ratePerS: 100, strict: true})
    expect(cost.timeNs).toBeGreaterThan(10e9)
    expect(cost.messages.sent).toBeGreaterThan(cost.messages.delivered)
    expect(cost.events).toBeLessThan(20_000)
  })

  test('has its nodes and client threads, rate and keys as asked', async () => {
    const {history, workloadOptions} = await simulated({nodes: 5, concurrency: 3, keys: 1, operations: 50, nemeses: []})
    expect(workloadOptions).toMatchObject({nodes: ['n1', 'n2', 'n3', 'n4', 'n5'], concurrency: 3, keys: 1})
    const clients = history.operations.filter((it) => !it.final)
    expect(clients).toHaveLength(50)
    expect(new Set(clients.map((it) => it.key))).toEqual(new Set(['x0']))
    expect(new Set(clients.map((it) => it.process))).toEqual(new Set([0, 1, 2]))
  })
})

describe('what goes wrong is told', () => {
  const broken = (when: 'start' | 'message' | 'never ready'): SimulationRequest['target'] => ({
    ...primaryTarget,
    protocol: {
      ...(primaryTarget.protocol as NonNullable<Target['protocol']>),
      createNode(env, options) {
        const node = primaryTarget.protocol!.createNode(env, options)
        return {
          start() {
            if (when === 'start' && env.id === 'n2') throw new Error('no boot')
            node.start()
          },
          message(from, message) {
            if (when === 'message' && env.id === 'n2') throw new Error('cannot take it')
            node.message(from, message)
          },
          timer: (name) => node.timer(name),
          request(request, message) {
            if (when === 'never ready') env.reply(request, {type: 'status', role: 'candidate', term: 7})
            else node.request(request, message)
          },
        }
      },
    },
  })

  test('a node that throws ends the run with its error', async () => {
    const failed = await simulated({target: broken('message')}).catch((error: Error) => error)
    expect(failed).toMatchObject({
      message: expect.stringMatching(/^primary n2 threw at \d+\.\d{3} s, seed 1: cannot take it$/),
    })
    expect((failed as Error).cause).toMatchObject({
      message: 'cannot take it',
      stack: expect.stringContaining('simulate.test'),
    })
    await expect(simulated({target: broken('start')})).rejects.toThrow('primary n2 threw at 0.000 s, seed 1: no boot')
  })

  test('or is kept, where that is asked for', async () => {
    const {crashes, history} = await simulated({target: broken('message'), crashes: 'keep', nemeses: []})
    expect(crashes.length).toBeGreaterThan(0)
    expect(crashes[0]).toMatchObject({node: 'n2', error: {message: 'cannot take it'}})
    expect(history.operations.some((it) => it.outcome === 'ok')).toBe(true)
  })

  test('a nemesis that waits for ever', async () => {
    const hung = {...kill(['one']), start: () => new Promise<never>(() => {})}
    await expect(simulated({nemeses: [hung]})).rejects.toThrow(
      'somebody waits in the simulated world for what never comes',
    )
  })

  test('a cluster that never becomes ready', async () => {
    await expect(simulated({target: broken('never ready')})).rejects.toMatchObject({
      message: 'primary was not ready 30 s after boot, seed 1.',
      hints: expect.arrayContaining(['n1: {"type":"status","role":"candidate","term":7}']),
    })
  })

  test('a target that does not speak the workload, or cannot be simulated', async () => {
    await expect(simulated({target: {...primaryTarget, claims: {}}})).rejects.toThrow(
      'primary claims nothing under register.',
    )
    const {protocol: _, ...real} = primaryTarget
    await expect(simulated({target: real})).rejects.toThrow('primary cannot be simulated')
  })
})
