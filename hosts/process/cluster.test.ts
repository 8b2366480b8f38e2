/** A cluster that is given up while it starts: heard at once, in whichever step, and nothing is left of it. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'
import {afterAll, expect, test} from 'vitest'
import {eventLoopTurn, unlessAborted, wallClock} from '../../core/clock.ts'
import type {ProcessState} from '../../core/cluster.ts'
import type {Connect, Links} from '../../core/links.ts'
import type {Place, Program} from '../../core/place.ts'
import {createRandom} from '../../core/random.ts'
import {raft} from '../../targets/raft/index.ts'
import {HostedCluster} from './cluster.ts'

/** A program that prints this line and then nothing any more. */
class Mute implements Program {
  state: ProcessState = 'dead'
  exited: Promise<string> = Promise.resolve('was never started')
  readonly stdin = new PassThrough().resume()
  readonly #line: string
  #end: (how: string) => void = () => {}

  constructor(line: string) {
    this.#line = line
  }

  start() {
    this.state = 'running'
    this.exited = new Promise((resolve) => {
      this.#end = resolve
    })
    const stdout = new PassThrough()
    stdout.write(this.#line)
    return {stdout}
  }

  async kill() {
    this.state = 'dead'
    this.#end('was ended by SIGKILL')
  }

  observedState = async () => this.state
  pause = async () => {}
  resume = async () => {}
  mayEnd = () => {}
  lastLines = () => []
  failure = (reason: string) => new Error(reason)
}

const LISTENS = '{"listening":{"peerPort":1,"clientPort":2}}\n'
const directory = mkdtempSync(join(tmpdir(), 'chaos-given-up-'))
afterAll(() => rmSync(directory, {recursive: true}))
const NODES = Array.from({length: 20}, (_, i) => `n${i + 1}`)

function beginning(line: string, connect: Connect) {
  const giveUp = new AbortController()
  const programs = new Map(NODES.map((node) => [node, new Mute(line)]))
  const place: Place = {
    program: (node) => programs.get(node) as Mute,
    execute: () => Promise.reject(new Error('nothing is executed')),
    freePort: () => Promise.reject(new Error('no port is asked for')),
  }
  const starting = HostedCluster.start(
    {protocol: raft.protocol, module: '', functions: raft.functions},
    {
      options: {nodes: NODES, bugs: [], args: {}},
      random: createRandom(1),
      clock: wallClock(),
      seed: '1',
      directory,
      logDirectory: directory,
      eventDirectory: directory,
      place,
      connect,
      linkWay: 'auto',
      operationTimeoutMs: 1000,
      onEvent: () => {},
      halt: () => {},
      warn: () => {},
      signal: giveUp.signal,
    },
  )
  starting.catch(() => {})
  return {starting, giveUp, running: () => [...programs.values()].filter(({state}) => state !== 'dead').length}
}

const never: Connect = (_nodes, _services, signal) => unlessAborted(new Promise<Links>(() => {}), signal)
const mute = {
  address: () => ({host: '127.0.0.1', port: 3}),
  close: async () => {},
} as unknown as Links

test('between two processes that are being started', async () => {
  const {starting, giveUp, running} = beginning('', never)
  await eventLoopTurn()
  giveUp.abort(new Error('Terminated.'))
  expect(running()).toBeLessThan(NODES.length)
  await expect(starting).rejects.toThrow('Terminated.')
  expect(running()).toBe(0)
})

test.each([
  ['while processes come to listen', '', never],
  ['while links are made', LISTENS, never],
  ['while nodes are told of their peers', LISTENS, async () => mute],
] as const)('%s', async (_when, line, connect) => {
  const {starting, giveUp, running} = beginning(line, connect)
  while (running() < NODES.length) await eventLoopTurn()
  // Whatever was printed has been read.
  for (let turns = 0; turns < 20; turns++) await eventLoopTurn()
  giveUp.abort(new Error('Terminated.'))
  await expect(starting).rejects.toThrow('Terminated.')
  expect(running()).toBe(0)
})
