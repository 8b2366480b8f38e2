import {describe, expect, test} from 'vitest'
import {NotDone, type Outcome} from '../core/client.ts'
import {eventLoopTurn} from '../core/clock.ts'
import type {Env, Json, Message, Node, RequestId, Session, SessionEnv} from '../core/node.ts'
import {createRandom} from '../core/random.ts'
import {untilSettled} from '../core/settling.ts'
import {leaderOf, unready} from '../core/status.ts'
import {SimCluster, type SimClusterOptions} from './cluster.ts'
import {World} from './world.ts'

/** Answers requests, greets its peers every 10 ms, counts its boots on disk. */
class Echo implements Node {
  readonly #env: Env
  #counted = 0
  constructor(env: Env) {
    this.#env = env
  }

  start(): void {
    this.#env.disk.append('boots', `${this.#env.disk.read('boots').length + 1}`)
    this.#env.disk.sync('boots')
    this.#env.disk.append('forgotten', 'x')
    this.#env.setTimer('greet', 10)
  }

  message(from: string, message: Message): void {
    if (message.type === 'break') (message as {type: string}).type = 'broken'
    this.#env.event({type: 'got', what: message.type, from})
  }

  timer(): void {
    for (const peer of this.#env.nodes) if (peer !== this.#env.id) this.#env.send(peer, {type: 'hello'})
    this.#env.setTimer('greet', 10)
  }

  request(request: RequestId, message: Message): void {
    if (message.type === 'status') this.#env.reply(request, {type: 'status', role: 'peer', now: this.#env.now()})
    if (message.type === 'echo') this.#env.reply(request, {type: 'echo', value: message['value']!})
    if (message.type === 'count')
      this.#env.reply(request, {type: 'counted', value: [message['value']!, this.#counted++]})
    if (message.type === 'throw') throw new Error('asked to')
    if (message.type === 'break') this.#env.send(this.#env.nodes[1]!, {type: 'break'})
  }
}

class EchoSession implements Session {
  readonly #env: SessionEnv
  readonly #answers: Json[] = []
  constructor(env: SessionEnv) {
    this.#env = env
  }
  invoke({f, value}: {f: string; value: Message['type'] | unknown}): void {
    if (f === 'refuse') this.#env.fail('no')
    else if (f === 'burst') for (let i = 0; i < 200; i++) this.#env.send(this.#env.home, {type: 'count', value: i})
    else this.#env.send(this.#env.home, {type: f, value: value as string})
  }
  message(_from: string, message: Message): void {
    if (message.type !== 'counted') this.#env.ok(message['value'] ?? null)
    else if (this.#answers.push(message['value']!) === 200) this.#env.ok(this.#answers)
  }
  timer(): void {}
}

const protocol = {createNode: (env: Env) => new Echo(env), createSession: (env: SessionEnv) => new EchoSession(env)}

function cluster(options: Partial<SimClusterOptions> = {}): SimCluster {
  return new SimCluster(new World(), {protocol, nodes: ['n1', 'n2', 'n3'], random: createRandom(1), ...options})
}

function ask(on: SimCluster, f: string, node = 'n1', process = 0): Outcome | undefined {
  let outcome: Outcome | undefined
  on.connect(node, process).invoke({f, key: null, value: 5}, (it) => (outcome = it))
  on.world.runUntil(on.world.nowNs() + 2e9, () => outcome !== undefined)
  return outcome
}

/** Asks 200 things at once over one connection: for each answer, as they came, which question it is to, and which the node heard it as. */
function burst(on: SimCluster): readonly (readonly [asked: number, heard: number])[] {
  let outcome: Outcome | undefined
  on.connect('n1', 0).invoke({f: 'burst', key: null, value: null}, (it) => (outcome = it))
  on.world.runFor(500)
  return (outcome as {value?: unknown}).value as [number, number][]
}

const IN_ORDER = Array.from({length: 200}, (_, i) => [i, i])

const kinds = (on: SimCluster, node: string) => on.events.filter((it) => it.node === node).map((it) => it.event['what'])

describe('clients', () => {
  test('are answered', () => expect(ask(cluster(), 'echo')).toEqual({type: 'ok', value: 5}))
  test('may be refused', () => expect(ask(cluster(), 'refuse')).toEqual({type: 'fail', error: 'no'}))
  test('give up at their deadline, and are of no further use', () => {
    const on = cluster({operationTimeoutMs: 300})
    const client = on.connect('n1', 0)
    const outcomes: Outcome[] = []
    client.invoke({f: 'ignored', key: null, value: 1}, (outcome) => outcomes.push(outcome))
    on.world.runFor(299.9)
    expect(outcomes).toEqual([])
    on.world.runFor(0.1)
    expect(outcomes).toEqual([{type: 'info', error: 'timeout'}])
    client.invoke({f: 'echo', key: null, value: 1}, (outcome) => outcomes.push(outcome))
    expect(outcomes[1]).toEqual({type: 'fail', error: 'client is closed'})
  })
  test.each(['refuse', 'black-hole'] as const)(
    'get no answer over a connection that a fault has ended (%s), but over the next one',
    async (mode) => {
      const on = cluster()
      await on.process.pause('n1')
      const client = on.connect('n1', 0)
      const outcomes: Outcome[] = []
      client.invoke({f: 'echo', key: null, value: 1}, (outcome) => outcomes.push(outcome))
      on.world.runFor(50)
      await on.network.cut('fault', [{from: 'clients', to: 'n1'}], mode)
      await on.network.heal('fault')
      await on.process.resume('n1')
      on.world.runFor(2000)
      expect(outcomes).toEqual([{type: 'info', error: 'timeout'}])
      expect(ask(on, 'echo')).toEqual({type: 'ok', value: 5})
    },
  )
  test('are heard and answered over each connection in the order in which they asked', () => {
    expect(burst(cluster())).toEqual(IN_ORDER)
  })
  test.each([
    ['clients', 'n1'],
    ['n1', 'clients'],
  ])('are not where a fault reorders (%s→%s)', async (from, to) => {
    const on = cluster()
    await on.network.shape('fault', [{from, to}], {kind: 'reorder', probability: 0.3, delayMs: 50})
    const answers = burst(on)
    expect(answers).toHaveLength(200)
    const disordered = answers.filter(([asked, heard]) => asked !== heard).length
    if (to === 'n1') expect(disordered).toBeGreaterThan(0)
    else {
      expect(disordered).toBe(0)
      expect(answers).not.toEqual(IN_ORDER)
    }
  })
  test('have one call at a time', () => {
    const client = cluster().connect('n1', 0)
    client.invoke({f: 'echo', key: null, value: 1}, () => {})
    expect(() => client.invoke({f: 'echo', key: null, value: 1}, () => {})).toThrow('one call at a time')
  })
  test('close an open call as info', () => {
    const client = cluster().connect('n1', 0)
    let outcome: Outcome | undefined
    client.invoke({f: 'echo', key: null, value: 1}, (it) => (outcome = it))
    client.close()
    client.close()
    expect(outcome).toEqual({type: 'info', error: 'client was closed'})
  })
  test('speak in promises too', async () => {
    const on = cluster({functions: ['echo', 'refuse', 'ignored']})
    const client = await on.openClient('n2', 3)
    const request = {f: '', key: undefined, value: 7, signal: new AbortController().signal}
    const answer = client.operations['echo']!(request)
    on.world.runFor(100)
    expect(await answer).toBe(7)
    await expect(client.operations['refuse']!(request)).rejects.toThrow(NotDone)
    const ignored = client.operations['ignored']!(request)
    on.world.runFor(1000)
    await expect(ignored).rejects.toThrow('timeout')
    await client.close()
  })
  test('connect to nodes that there are', () => expect(() => cluster().connect('n7', 0)).toThrow('Unknown node "n7"'))
})

describe('a killed node', () => {
  test('answers nobody, keeps what it synced, and starts again from it', async () => {
    const on = cluster()
    await on.process.kill('n1')
    expect(await on.process.state('n1')).toBe('dead')
    expect(await on.observe.responds('n1', 100)).toBe(false)
    expect(on.statusNow('n1')).toBeUndefined()
    expect(ask(on, 'echo')).toMatchObject({type: 'info'})
    await on.process.restart('n1')
    expect(on.diskOf('n1').read('boots')).toEqual(['1', '2'])
    expect(ask(on, 'echo')).toEqual({type: 'ok', value: 5})
    await on.process.restart('n1')
    expect(on.diskOf('n1').read('boots')).toEqual(['1', '2'])
  })
  test('loses what it had not synced, in half of the seeds', async () => {
    const survivors = []
    for (let seed = 0; seed < 40; seed++) {
      const on = cluster({random: createRandom(seed)})
      await on.process.kill('n1')
      survivors.push(on.diskOf('n1').read('forgotten').length)
    }
    expect(new Set(survivors)).toEqual(new Set([0, 1]))
  })
  test('misses what peers say to it before they have dialled it again', async () => {
    const heard = []
    for (let seed = 0; seed < 200; seed++) {
      const on = cluster({random: createRandom(seed)})
      on.world.runFor(19)
      const before = kinds(on, 'n1').length
      await on.process.kill('n1')
      await on.process.restart('n1')
      on.world.runFor(8)
      heard.push(kinds(on, 'n1').length - before)
    }
    expect(new Set(heard)).toEqual(new Set([0, 1, 2]))
  })
  test('forgets its timers and requests', async () => {
    const on = cluster()
    on.world.runFor(5)
    await on.process.kill('n1')
    on.world.runFor(1000)
    expect(kinds(on, 'n2').length).toBeGreaterThan(50)
    expect(on.events.filter(({event, timeNs}) => event['from'] === 'n1' && timeNs > 10e6)).toEqual([])
    expect(kinds(on, 'n1').filter((what) => what === 'hello')).toEqual([])
  })
})

describe('a paused node', () => {
  test('does nothing, and catches up in order when resumed', async () => {
    const on = cluster({network: {jitterMs: 0}})
    on.world.runFor(10.5)
    await on.process.pause('n1')
    expect(await on.process.state('n1')).toBe('paused')
    const before = on.events.length
    on.world.runFor(100)
    expect(on.events.slice(before).some(({node, event}) => node === 'n1' || event['from'] === 'n1')).toBe(false)
    let outcome: Outcome | undefined
    on.connect('n1', 0).invoke({f: 'echo', key: null, value: 1}, (it) => (outcome = it))
    on.world.runFor(500)
    expect(outcome).toBeUndefined()
    const responds = on.observe.responds('n1', 50)
    on.world.runFor(50)
    expect(await responds).toBe(false)
    await on.process.resume('n1')
    const missed = on.events.filter(({node, timeNs}) => node === 'n1' && timeNs === on.world.nowNs())
    expect(missed.length).toBeGreaterThan(100)
    on.world.runFor(5)
    expect(outcome).toEqual({type: 'ok', value: 1})
  })
  test('that is killed loses what had piled up', async () => {
    const on = cluster()
    await on.process.pause('n1')
    on.world.runFor(100)
    await on.process.kill('n1')
    await on.process.resume('n1')
    expect(await on.process.state('n1')).toBe('dead')
    await on.process.restart('n1')
    expect(kinds(on, 'n1')).toEqual([])
    expect(on.diskOf('n1').read('boots')).toEqual(['1', '2'])
  })
  test('handles timers that ran out while it was paused, each once', async () => {
    const on = cluster()
    await on.process.pause('n1')
    on.world.runFor(1000)
    const sent = on.network.counts.sent
    await on.process.resume('n1')
    expect(on.network.counts.sent - sent).toBe(2)
  })
})

describe('clocks', () => {
  test('may be wrong by an offset, and set right', async () => {
    const on = cluster()
    const now = (node: string) => on.statusNow(node)!['now'] as number
    await on.clock.skew('n1', -2500)
    expect(now('n1') - now('n2')).toBe(-2500)
    await on.clock.skew('n1', 0)
    expect(now('n1')).toBe(now('n2'))
    const before = now('n1')
    on.world.runFor(1000)
    expect(now('n1') - before).toBe(1000)
  })
})

describe('a node that throws', () => {
  test('is dead, and its error is kept', async () => {
    const on = cluster()
    expect(ask(on, 'throw', 'n2')).toMatchObject({type: 'info'})
    expect(on.crashes).toMatchObject([{node: 'n2', error: {message: 'asked to'}}])
    expect(on.crashes[0]!.error.stack).toContain('cluster.test.ts')
    expect(await on.process.state('n2')).toBe('dead')
    await on.process.restart('n2')
    expect(ask(on, 'echo', 'n2')).toEqual({type: 'ok', value: 5})
  })
  test('because it changed a message it was sent, where that is looked for', () => {
    const careless = cluster()
    ask(careless, 'break')
    expect(careless.crashes).toEqual([])
    const strict = cluster({strict: true})
    ask(strict, 'break')
    expect(strict.crashes).toMatchObject([{node: 'n2', error: {message: expect.stringContaining('read only')}}])
  })
})

describe('being ready', () => {
  const roles = (...given: (string | undefined)[]) =>
    cluster({
      protocol: {
        ...protocol,
        createNode: (env) => ({
          start() {},
          message() {},
          timer() {},
          request(request) {
            const role = given[env.nodes.indexOf(env.id)]
            if (role === 'busy') env.reply(request, {type: 'status', ready: false})
            else if (role !== undefined) env.reply(request, {type: 'status', role, term: role === 'leader' ? 3 : 1})
          },
        }),
      },
    })

  test('is for leaderless clusters to have every node answer', () => {
    expect(unready(roles('peer', 'peer', 'peer').statusesNow())).toBeUndefined()
    expect(unready(roles('peer', 'peer', undefined).statusesNow())).toBeDefined()
    expect(unready(roles('peer', 'busy', 'peer').statusesNow())).toBeDefined()
  })
  test('is for others to have a leader', async () => {
    expect(unready(roles('follower', 'candidate', 'follower').statusesNow())).toBeDefined()
    const led = roles('follower', 'leader', 'follower')
    expect(unready(led.statusesNow())).toBeUndefined()
    expect(leaderOf(led.statusesNow())).toBe('n2')
    await led.process.pause('n2')
    expect(leaderOf(led.statusesNow())).toBeUndefined()
    expect(unready(led.statusesNow())).toBeDefined()
  })
  test('can be waited for, so long', async () => {
    const wait = (on: SimCluster, limitMs: number) =>
      untilSettled({nodes: on.nodes, observe: on.observe, clock: on.world, limitMs, missing: unready})
    await expect(wait(roles('peer', 'peer', 'peer'), 0)).resolves.toBeUndefined()
    const on = roles('peer', 'peer', 'busy')
    const failed = expect(wait(on, 200)).rejects.toThrow('not ready within 0.2 s: n3 cannot serve yet')
    for (let i = 0; i < 60; i++) {
      on.world.runFor(5)
      await eventLoopTurn()
    }
    await failed
  })
})

test('the whole of it is a function of the seed', async () => {
  const told = async (seed: number) => {
    const on = cluster({random: createRandom(seed), network: {loss: 0.1, duplicates: 0.1}})
    on.world.runFor(100)
    await on.process.kill('n2')
    await on.process.pause('n3')
    on.world.runFor(100)
    await on.process.restart('n2')
    await on.process.resume('n3')
    on.world.runFor(100)
    return on.events
  }
  expect(await told(1)).toEqual(await told(1))
  expect(await told(1)).not.toEqual(await told(2))
})

test('stop leaves nothing running', async () => {
  const on = cluster()
  await on.stop()
  on.world.runFor(100)
  expect(on.events).toEqual([])
})
