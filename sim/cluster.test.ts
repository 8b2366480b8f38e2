import {describe, expect, test} from 'vitest'
import type {Outcome} from '../core/client.ts'
import type {Env, Message, Node, RequestId, Session, SessionEnv} from '../core/node.ts'
import {createRandom} from '../core/random.ts'
import {SimCluster, type SimClusterOptions} from './cluster.ts'
import {World} from './world.ts'

/** Answers requests, greets its peers every 10 ms, counts its boots on disk. */
class Echo implements Node {
  readonly #env: Env
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
    if (message.type === 'throw') throw new Error('asked to')
    if (message.type === 'break') this.#env.send(this.#env.nodes[1]!, {type: 'break'})
  }
}

class EchoSession implements Session {
  readonly #env: SessionEnv
  constructor(env: SessionEnv) {
    this.#env = env
  }
  invoke({f, value}: {f: string; value: Message['type'] | unknown}): void {
    if (f === 'refuse') this.#env.fail('no')
    else this.#env.send(this.#env.home, {type: f, value: value as string})
  }
  message(_from: string, message: Message): void {
    this.#env.ok(message['value'] ?? null)
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

describe('a simulated cluster', () => {
  test('answers', () => {
    expect(ask(cluster(), 'echo')).toEqual({type: 'ok', value: 5})
    expect(ask(cluster(), 'refuse')).toEqual({type: 'fail', error: 'no'})
    expect(ask(cluster(), 'ignored')).toEqual({type: 'info', error: 'no answer in 1000 ms'})
  })
})
